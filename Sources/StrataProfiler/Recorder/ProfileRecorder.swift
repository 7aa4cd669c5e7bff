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
/// ``run()`` is all that a `Service` of swift-service-lifecycle must have, so a recorder becomes
/// one by `extension ProfileRecorder: @retroactive Service {}`; it ends when its group shuts down,
/// gracefully too.
///
/// Slices end on a thread of the recorder's own from the moment it is created, however busy the
/// program keeps its main actor and the threads that tasks share. Records are handed over on that
/// thread while the recorder runs; up to 360 slices that ended earlier, when it starts to.
///
/// A slice has one record for each set of labels under which calls were made; a slice without calls has
/// none. A synchronous call that spans several slices counts where it begins, and its time where
/// it passes; an asynchronous one where it returns.
/// Nothing is lost when the recorder ends, and no more than the slice that is open when the program is
/// killed. Where a destination fails, records wait for the next slice, 1,000 at most; one that is refused
/// three times while others are taken is given up.
public final class ProfileRecorder: Sendable {
  /// How many records wait at most for a destination that fails.
  static let waitingLimit = 1_000
  /// The most slices that wait for the recorder to be run; the next one then does not end.
  static let sliceLimit = 360

  struct State {
    /// What earlier slices have.
    var base: RecordingImage
    /// When the first slice began that was not handed over, and when the open one did.
    var start: Timestamp
    var openStart: Timestamp
    /// The slices that ended and were not handed over, but for those without calls.
    var ended: [EndedSlice] = []
    /// When the open slice should end, and when that is by the clock of the thread.
    var boundary: (time: Timestamp, due: Int64)?
    /// Waiters for the end of ``ProfileRecorder/run()``: before and after it is requested.
    var runs: [RecorderRun] = []
    var stopping: [RecorderRun] = []
    fileprivate var waiting: [Waiting] = []
    var droppedCount = 0
    var failure: (any Error)?

    /// Makes everything that was not handed over one slice.
    mutating func joinEnded() {
      guard let first = ended.first else { return }
      let part = ended.dropFirst().reduce(into: first.part) { $0.append($1.part) }
      ended = [EndedSlice(part: part, start: start, end: openStart)]
    }

    /// Drops the records that no destination will take, and the oldest of too many.
    fileprivate mutating func giveUp(refused count: Int, whileOthersWereTaken: Bool) {
      let before = waiting.count
      if whileOthersWereTaken {
        for index in 0..<min(count, waiting.count) { waiting[index].refusals += 1 }
        waiting.removeAll { $0.refusals >= ProfileRecorder.refusalLimit }
      }
      waiting.removeFirst(max(0, waiting.count - ProfileRecorder.waitingLimit))
      droppedCount += before - waiting.count
    }
  }

  /// What was recorded in a slice.
  struct EndedSlice {
    var part: RecordingImage
    var start: Timestamp
    var end: Timestamp
  }

  /// A record on its way, and how often it was refused while another one was taken.
  fileprivate struct Waiting {
    let record: Capture
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
  let state: Mutex<State>
  /// Held while records are handed over, one after the other.
  private let delivery = Mutex(())
  /// The thread on which slices end.
  let alarm = Mutex<AlarmThread?>(nil)
  let now: @Sendable () -> Timestamp

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
    // Where there is no thread now, `run()` tries again, and says so.
    _ = startThread()
  }

  /// Creates a recorder that asks a function for the time, and has no thread until it runs.
  init(
    _ profiler: Profiler,
    every interval: Duration,
    labels: Labels,
    into destination: any ProfileDestination,
    now: @escaping @Sendable () -> Timestamp
  ) {
    precondition(interval > .zero, "the width of a slice must be above 0, not \(interval)")
    (self.profiler, self.interval, self.labels) = (profiler, interval, labels)
    (self.destination, self.now) = (destination, now)
    let start = now()
    state = Mutex(State(base: profiler.image(), start: start, openStart: start))
  }

  deinit {
    // The thread finds that the recorder is gone.
    alarm.withLock { $0?.call() }
  }

  // MARK: - Slices

  /// Ends the slice that is open, and hands over what was recorded in it.
  ///
  /// ``run()`` does it at the end of each slice; call it where a slice should end at another moment, or
  /// without running the recorder, for one slice of what came since the last call.
  public func takeSlice() {
    endSlice(at: now())
    state.withLock { if $0.runs.isEmpty { $0.joinEnded() } }
    handOver()
  }

  /// Ends the open slice; it waits to be handed over.
  func endSlice(at end: Timestamp) {
    state.withLock { state in
      // Another slice may have ended since the moment at which this one should have.
      let end = end < state.openStart ? now() : end
      let part = profiler.image().difference(since: &state.base)
      if !part.edges.isEmpty {
        state.ended.append(EndedSlice(part: part, start: state.openStart, end: end))
      }
      state.openStart = end
    }
  }

  /// Hands over the slices that ended.
  func handOver() {
    state.withLock { state in
      for slice in state.ended {
        let snapshot = ProfilerSnapshot(slice.part, of: profiler, within: recordLabels)
        state.waiting += records(of: snapshot, from: slice.start, to: slice.end)
          .map { Waiting(record: $0) }
      }
      state.ended = []
      state.start = state.openStart
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
  ) -> [Capture] {
    snapshot.parts.map { part in
      Capture(
        id: ProfileID(dump: PstatsWriter.dump(part.profile), start: start, labels: part.labels),
        start: start,
        // The system's time may have been set back meanwhile.
        duration: .nanoseconds(max(0, end.nanoseconds &- start.nanoseconds)),
        kind: .traced,
        clock: snapshot.clock,
        covers: .slice,
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
