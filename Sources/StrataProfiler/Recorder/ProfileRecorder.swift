// SPDX-License-Identifier: Apache-2.0

public import StrataCore
import StrataFormats
import Synchronization

/// Takes what a profiler recorded slice by slice while the program runs, with its time and labels.
///
/// ```swift
/// let recorder = ProfileRecorder(.shared, labels: ["service": "web"], into: try RecordFolder("profiles"))
/// try await recorder.run()  // until its task is cancelled
/// ```
///
/// ``run()`` is what a `Service` of swift-service-lifecycle must have, so that a recorder becomes one by
/// `extension ProfileRecorder: @retroactive Service {}`.
///
/// A slice has one record for each set of labels under which calls were made; a slice without calls has
/// none. A synchronous call that goes on over several slices counts where it begins, and its time where
/// it passes; an asynchronous one where it returns.
/// Nothing is lost when the recorder ends, and no more than the slice that is open when the program is
/// killed. Where a destination fails, records wait for the next slice, 1,000 at most; one that is refused
/// three times while others are taken is given up.
public final class ProfileRecorder: Sendable {
  /// How many records wait at most for a destination that fails.
  static let waitingLimit = 1_000

  private struct State {
    var base: RecordingImage
    var start: Timestamp
    var waiting: [Waiting] = []
    var droppedCount = 0
    var failure: (any Error)?

    /// Drops the records that no destination will take, and the oldest of too many.
    mutating func giveUp(refused count: Int, whileOthersWereTaken: Bool) {
      let before = waiting.count
      if whileOthersWereTaken {
        for index in 0..<min(count, waiting.count) { waiting[index].refusals += 1 }
        waiting.removeAll { $0.refusals >= ProfileRecorder.refusalLimit }
      }
      waiting.removeFirst(max(0, waiting.count - ProfileRecorder.waitingLimit))
      droppedCount += before - waiting.count
    }
  }

  /// A record on its way, and how often it was refused while another one was taken.
  private struct Waiting {
    let record: ProfileRecord
    var refusals = 0
  }

  /// How often a record is refused, while others are taken, before it is given up.
  private static let refusalLimit = 3

  /// What is recorded.
  public let profiler: Profiler
  /// How long a slice is.
  ///
  /// Slices begin at multiples of it since the epoch, in UTC: as near as the system wakes the recorder,
  /// which is not told apart up to a twentieth of a slice.
  public let interval: Duration
  /// The labels of every record; those of single calls are added, and hold where both have a key.
  public let labels: Labels
  private let destination: any ProfileDestination
  private let state: Mutex<State>
  /// Held while records are handed over, one after the other.
  private let delivery = Mutex(())
  private let now: @Sendable () -> Timestamp

  /// Creates a recorder; what the profiler recorded before is not part of it.
  ///
  /// - Parameters:
  ///   - profiler: What is recorded.
  ///   - interval: How long a slice is; more than nothing.
  ///   - labels: The labels of every record.
  ///   - destination: Where records go: a ``RecordBuffer``, a ``RecordFolder``, or your own.
  public convenience init(
    _ profiler: Profiler = .shared,
    every interval: Duration = .seconds(10),
    labels: Labels = [:],
    into destination: some ProfileDestination
  ) {
    self.init(profiler, every: interval, labels: labels, into: destination) { .now }
  }

  /// Creates a recorder that asks a function for the time.
  init(
    _ profiler: Profiler,
    every interval: Duration,
    labels: Labels,
    into destination: any ProfileDestination,
    now: @escaping @Sendable () -> Timestamp
  ) {
    precondition(interval > .zero, "a slice takes time, not \(interval)")
    (self.profiler, self.interval, self.labels) = (profiler, interval, labels)
    (self.destination, self.now) = (destination, now)
    state = Mutex(State(base: profiler.image(), start: now()))
  }

  // MARK: - Running

  /// Turns the profiler on and takes slice after slice until the task is cancelled, then the rest; turns
  /// the profiler off again if it was off and no other recorder runs.
  ///
  /// - Throws: The error of the destination where the last records could not be handed over.
  public func run() async throws {
    // What was recorded before, and the time in which nothing was, are no part of the first slice.
    if profiler.hold() { takeSlice() }
    var end = boundary(after: now())
    while !Task.isCancelled {
      // Cancelled: the rest is taken below.
      try? await Task.sleep(for: .nanoseconds(max(0, end.nanoseconds &- now().nanoseconds)))
      guard !Task.isCancelled else { break }
      let woken = now()
      let isOnTime = isOnTime(woken, for: end)
      takeSlice(endingAt: isOnTime ? end : woken)
      // Woken a moment early, the next slice is the next one all the same; where the system's time was
      // set back, slices go on from there.
      end = boundary(after: isOnTime ? max(woken, end) : woken)
    }
    profiler.release()
    takeSlice()
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  /// The next multiple of the interval; the end of time where there is none.
  private func boundary(after time: Timestamp) -> Timestamp {
    let length = max(1, interval.nanoseconds ?? .max)
    let passed = time.nanoseconds % length
    let rest = length - (passed < 0 ? passed + length : passed)
    let (sum, overflow) = time.nanoseconds.addingReportingOverflow(rest)
    return Timestamp(nanoseconds: overflow ? .max : sum)
  }

  /// Whether the system woke the recorder near enough to a boundary to call the slice a whole one.
  private func isOnTime(_ time: Timestamp, for boundary: Timestamp) -> Bool {
    let difference = Int128(time.nanoseconds) - Int128(boundary.nanoseconds)
    return difference.magnitude * 20 < interval.nanoseconds ?? .max
  }

  /// Ends the slice that is open, and hands over what was recorded in it.
  ///
  /// ``run()`` does it at the end of each slice; call it where a slice should end at another moment.
  public func takeSlice() {
    takeSlice(endingAt: now())
  }

  private func takeSlice(endingAt end: Timestamp) {
    state.withLock { state in
      // Another slice may have been taken since the moment at which this one should have ended.
      let end = end < state.start ? now() : end
      let part = profiler.image().difference(since: &state.base)
      let snapshot = ProfilerSnapshot(part, of: profiler, within: recordLabels)
      state.waiting += records(of: snapshot, from: state.start, to: end).map { Waiting(record: $0) }
      state.start = end
    }
    deliver()
  }

  /// The labels of every record.
  private var recordLabels: Labels {
    // Times that were made smaller must not be taken for times as they were.
    guard profiler.probeCost != .none else { return labels }
    return labels.merging(["strata.probeCost": "\(profiler.probeCost)"])
  }

  private func records(
    of snapshot: ProfilerSnapshot,
    from start: Timestamp,
    to end: Timestamp
  ) -> [ProfileRecord] {
    snapshot.parts.map { part in
      ProfileRecord(
        id: ProfileID(dump: PstatsWriter.dump(part.profile), start: start, labels: part.labels),
        start: start,
        // The system's time may have been set back meanwhile.
        duration: .nanoseconds(max(0, end.nanoseconds &- start.nanoseconds)),
        kind: .traced,
        clock: snapshot.clock,
        labels: part.labels,
        profile: part.profile
      )
    }
  }

  /// Hands over what waits, in order; stops where two records one after the other are refused.
  ///
  /// The destination is called without the lock of the state: it may ask the recorder how it is.
  private func deliver() {
    delivery.withLock { _ in
      var (index, isRefused, taken) = (0, false, 0)
      state.withLock { $0.failure = nil }
      while let record = state.withLock({ $0.waiting.dropFirst(index).first?.record }) {
        do {
          try destination.take(record)
          _ = state.withLock { $0.waiting.remove(at: index) }
          (isRefused, taken) = (false, taken + 1)
        } catch {
          state.withLock { $0.failure = error }
          guard !isRefused else { break }
          (index, isRefused) = (index + 1, true)
        }
      }
      state.withLock { $0.giveUp(refused: index, whileOthersWereTaken: taken > 0) }
    }
  }

  // MARK: - Health

  /// How many records wait, since the destination did not take them.
  public var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// How many records were given up, since too many waited or the destination refused them alone.
  public var droppedCount: Int { state.withLock { $0.droppedCount } }

  /// Why the destination refused a record when it was last offered some; nil where it took all.
  public var failure: (any Error)? { state.withLock { $0.failure } }
}
