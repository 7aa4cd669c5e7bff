// SPDX-License-Identifier: Apache-2.0

public import StrataCore
public import Synchronization

/// Whether the shared profiler is on.
///
/// A number in place, where the profiler itself is behind a pointer that is made when it is first
/// asked for: a probe that is off looks at nothing else.
@usableFromInline let isSharedProfilerEnabled = Atomic<Bool>(false)

/// Counts and times the calls of marked functions, exactly, while the program runs.
///
/// A profiler is off until it is enabled; then it records each call made through its probes
/// (`measure`) on every thread and in every task: calls, self time, cumulative time
/// and callers mean what they mean in cProfile.
///
/// ```swift
/// let profiler = Profiler()
/// profiler.run {
///   profiler.measure("parse") { parse(text) }
/// }
/// print(profiler.statsProfile().report(sortedBy: .selfTime, limit: 10))
/// ```
///
/// There may be any number of profilers at once; each sees the calls of its own probes alone. The
/// free function `measure` uses ``shared``.
///
/// Each thread records in memory of its own. Reading never stops a thread, and a probe waits for a
/// reader or another thread only where its thread meets the profiler, a function or labels for the first
/// time.
public final class Profiler: Sendable {
  /// The profiler of the free functions and of `@Profiled`; off until it is enabled.
  public static let shared = Profiler(isShared: true)

  /// What times are measured with.
  public let clock: ProfilerClock
  /// What is taken off for the probes themselves; nothing unless asked for.
  public let probeCost: ProbeCost

  /// A number that is raised whenever the profiler is turned on or off and whenever a snapshot is
  /// wanted, and in its lowest bit whether it is on.
  @usableFromInline let state = Atomic<UInt>(0)
  /// A number for each time of being on.
  let epoch = Atomic<UInt>(0)
  /// Whether there ever was an asynchronous call.
  let hasTaskCalls = Atomic<Bool>(false)
  private let isShared: Bool
  let number = LivingProfilers.nextNumber()
  let threadKey = ThreadRecord.key
  let lanes = LaneRegistry()
  let functions = FunctionRegistry()
  let labelSets: LabelRegistry
  /// Where the innermost span is found; nowhere unless a tracer says so.
  let spans = SpanSource()
  /// The epoch that ended last, and when, by a clock that all threads have.
  let lastEnd = Mutex<(epoch: UInt, time: Nanoseconds)?>(nil)
  /// How many recorders need the profiler on, and whether it was on before the first.
  private let holders = Mutex((count: 0, wasOn: false))
  /// What ``clear()`` has put behind.
  private let cleared = Mutex(RecordingImage())

  /// Creates a profiler that is off.
  ///
  /// - Parameters:
  ///   - clock: What times are measured with.
  ///   - probeCost: What is taken off each call for its probe: see ``ProbeCost``.
  ///   - labelSetLimit: How many sets of labels are told apart; calls with others are counted together
  ///     under the label `strata.labels=other`.
  public convenience init(
    clock: ProfilerClock = .wall,
    probeCost: ProbeCost = .none,
    labelSetLimit: Int = 1_000
  ) {
    self.init(clock, probeCost, labelSetLimit, isShared: false)
  }

  private init(
    _ clock: ProfilerClock = .wall,
    _ probeCost: ProbeCost = .none,
    _ labelSetLimit: Int = 1_000,
    isShared: Bool
  ) {
    self.clock = clock
    self.probeCost = probeCost
    self.isShared = isShared
    labelSets = LabelRegistry(limit: labelSetLimit)
    LivingProfilers.all.withLock { $0[number] = LivingProfilers.Entry(profiler: self) }
  }

  deinit {
    _ = LivingProfilers.all.withLock { $0.removeValue(forKey: number) }
    lanes.close()
  }

  // MARK: - On and off

  /// Whether calls are recorded.
  @inlinable
  public var isEnabled: Bool { Self.isOn(state.load(ordering: .relaxed)) }

  @inlinable
  static func isOn(_ state: UInt) -> Bool { state & 1 == 1 }

  /// Begins to record, on every thread.
  ///
  /// Does nothing if the profiler is on. Calls that are open already are not seen.
  public func enable() {
    lanes.exclusively {
      guard !isEnabled else { return }
      // The epoch first: a thread that sees the new state must not take its calls for those of the
      // last epoch. The number for probes last and relaxed: it only says that a look at the state
      // is worth it.
      epoch.add(1, ordering: .releasing)
      state.add(3, ordering: .releasing)
      if isShared { isSharedProfilerEnabled.store(true, ordering: .relaxed) }
    }
  }

  /// Stops recording.
  ///
  /// Does nothing if the profiler is off. Calls that are open count as if they returned now; asynchronous ones are not counted.
  public func disable() {
    // The image itself is not wanted: to make one is to note the time for each thread with open calls.
    _ = lanes.image {
      guard isEnabled else { return state.load(ordering: .relaxed) }
      if isShared { isSharedProfilerEnabled.store(false, ordering: .relaxed) }
      // Noted before the state changes: who sees the profiler off finds when its calls ended.
      if !clock.isOfThread {
        let end = (epoch: epoch.load(ordering: .relaxed), time: clock.now())
        lastEnd.withLock { $0 = end }
      }
      return state.add(1, ordering: .acquiringAndReleasing).newValue
    }
  }

  /// Turns the profiler on for a user that needs it; returns whether it was off.
  func hold() -> Bool {
    holders.withLock { holders in
      let wasOn = isEnabled
      if holders.count == 0 { holders.wasOn = wasOn }
      holders.count += 1
      enable()
      return !wasOn
    }
  }

  /// Turns the profiler off again, unless others need it or it was on before.
  func release() {
    holders.withLock { holders in
      holders.count -= 1
      if holders.count == 0, !holders.wasOn { disable() }
    }
  }

  /// Records while a closure runs: ``enable()`` before it, ``disable()`` after it.
  public func run<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    enable()
    defer { disable() }
    return try body()
  }

  /// Records while an asynchronous closure runs: ``enable()`` before it, ``disable()`` after it.
  public func run<Result: ~Copyable, Failure: Error>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: @concurrent () async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    enable()
    defer { disable() }
    return try await body()
  }

  /// Forgets what was recorded.
  ///
  /// Open calls continue; what they took so far is forgotten, but for asynchronous ones, which
  /// count when they return, with all their time.
  public func clear() {
    cleared.withLock { $0 = image() }
  }

  // MARK: - Reading

  /// What was recorded since the profiler was made or cleared, with the time of calls still open.
  ///
  /// - Complexity: O(*n*) in functions and callers, for each thread that ever recorded.
  public func snapshot() -> ProfilerSnapshot {
    let part = cleared.withLock { cleared in
      var base = cleared
      return image().difference(since: &base)
    }
    return ProfilerSnapshot(part, of: self)
  }

  /// What was recorded since the profiler was made or cleared, all labels together.
  public func statsProfile() -> StatsProfile { snapshot().profile }

  /// Everything that was ever recorded, up to now.
  func image() -> RecordingImage {
    lanes.image {
      // Threads too busy to be looked at find that the number has changed, and help.
      state.add(2, ordering: .acquiringAndReleasing).newValue
    }
  }
}
