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
/// none. A call that goes on over several slices counts where it begins, and its time where it passes.
/// Nothing is lost when the recorder ends, and no more than the slice that is open when the program is
/// killed. Where a destination fails, records wait for the next slice, 1,000 at most.
public final class ProfileRecorder: Sendable {
  /// How many records wait at most for a destination that fails.
  static let waitingLimit = 1_000

  private struct State {
    var base: RecordingImage
    var start: Timestamp
    var waiting: [ProfileRecord] = []
    var droppedCount = 0
    var failure: (any Error)?
  }

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
  /// the profiler off again if it was off.
  ///
  /// - Throws: The error of the destination where the last records could not be handed over.
  public func run() async throws {
    let wasOn = profiler.isEnabled
    profiler.enable()
    var end = boundary(after: now())
    while !Task.isCancelled {
      // Cancelled: the rest is taken below.
      try? await Task.sleep(for: .nanoseconds(end.nanoseconds - now().nanoseconds))
      guard !Task.isCancelled else { break }
      let woken = now()
      takeSlice(endingAt: isOnTime(woken, for: end) ? end : woken)
      end = boundary(after: max(woken, end))
    }
    if !wasOn { profiler.disable() }
    takeSlice()
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  /// The next multiple of the interval.
  private func boundary(after time: Timestamp) -> Timestamp {
    let length = max(1, interval.nanoseconds ?? .max)
    let passed = time.nanoseconds % length
    let rest = length - (passed < 0 ? passed + length : passed)
    return Timestamp(nanoseconds: time.nanoseconds.addingReportingOverflow(rest).partialValue)
  }

  /// Whether the system woke the recorder near enough to a boundary to call the slice a whole one.
  private func isOnTime(_ time: Timestamp, for boundary: Timestamp) -> Bool {
    let difference = Duration.nanoseconds(time.nanoseconds - boundary.nanoseconds)
    return difference * 20 < interval && difference * -20 < interval
  }

  /// Ends the slice that is open, and hands over what was recorded in it.
  ///
  /// ``run()`` does it at the end of each slice; call it where a slice should end at another moment.
  public func takeSlice() {
    takeSlice(endingAt: now())
  }

  private func takeSlice(endingAt end: Timestamp) {
    state.withLock { state in
      let part = profiler.image().difference(since: &state.base)
      let snapshot = ProfilerSnapshot(part, of: profiler)
      state.waiting += records(of: snapshot, from: state.start, to: end)
      state.start = end
      deliver(&state)
    }
  }

  private func records(
    of snapshot: ProfilerSnapshot,
    from start: Timestamp,
    to end: Timestamp
  ) -> [ProfileRecord] {
    snapshot.parts.map { part in
      var labels = labels.merging(part.labels)
      // Times that were made smaller must not be taken for times as they were.
      if snapshot.probeCost != .none { labels["strata.probeCost"] = "\(snapshot.probeCost)" }
      return ProfileRecord(
        id: ProfileID(dump: PstatsWriter.dump(part.profile), start: start, labels: labels),
        start: start,
        // The system's time may have been set back meanwhile.
        duration: .nanoseconds(max(0, end.nanoseconds - start.nanoseconds)),
        kind: .traced,
        clock: snapshot.clock,
        labels: labels,
        profile: part.profile
      )
    }
  }

  private func deliver(_ state: inout State) {
    state.failure = nil
    while let record = state.waiting.first {
      do {
        try destination.take(record)
        state.waiting.removeFirst()
      } catch {
        state.failure = error
        break
      }
    }
    let excess = max(0, state.waiting.count - Self.waitingLimit)
    state.waiting.removeFirst(excess)
    state.droppedCount += excess
  }

  // MARK: - Health

  /// How many records wait, since the destination did not take them.
  public var waitingCount: Int { state.withLock { $0.waiting.count } }

  /// How many records were given up, since too many waited.
  public var droppedCount: Int { state.withLock { $0.droppedCount } }

  /// Why the destination did not take the last record that it was offered; nil where it did.
  public var failure: (any Error)? { state.withLock { $0.failure } }
}
