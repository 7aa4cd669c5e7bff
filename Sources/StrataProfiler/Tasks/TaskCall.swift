// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Synchronization

/// A call of an asynchronous function that has not returned: it follows its task from thread to thread.
@usableFromInline
final class TaskCall: Sendable {
  /// Where a task keeps its innermost call; a task that it starts has the same.
  @usableFromInline static let local = TaskLocal<TaskCall?>(wrappedValue: nil)

  /// The innermost call of the current task, or of the task that started it.
  static var innermost: TaskCall? { local.get() }

  let profiler: UInt
  let epoch: UInt
  let site: CallSite
  let key: SiteKey
  let caller: Int32
  let function: Int32
  let labels: Int32
  /// What a span has in addition to this; nil for calls of probes.
  let span: SpanState?
  /// How many calls of the profiler were around this one when it was opened: of two that are open around
  /// the same point, the inner one has more.
  private let level: Int
  private let task: TaskIdentity
  let start: Nanoseconds
  /// The time of measured calls that its own task made within it.
  let calleeTime = Atomic<Nanoseconds>(.zero)
  private let isOpen = Atomic<Bool>(true)
  private let surroundings: Mutex<Surroundings>

  /// The calls around one while it is open.
  ///
  /// A task may outlive the call that started it; so that no chain grows, a closed call forgets what
  /// was around it, but for the nearest calls that are open.
  struct Surroundings {
    /// The innermost call of a probe, of whatever profiler.
    var outer: TaskCall?
    /// The innermost call of the same profiler, of a probe or a span.
    var around: TaskCall?
  }

  /// Opens a call of a probe on the lane of the current thread.
  convenience init(_ site: CallSite, _ key: SiteKey, _ labels: Labels?, on lane: Lane) {
    let around = unsafe Self.current(of: lane.profiler)
    let depth = unsafe lane.storage.pointee.depth.load(ordering: .relaxed)
    let call = lane.taskCall(aroundDepth: depth, around)
    let edge = unsafe lane.edge(atDepth: depth, within: call, site, key, labels)
    unsafe self.init(site, key, edge.pointee.key, nil, within: around, on: lane)
  }

  /// Opens a call along an edge on the lane of the current thread.
  init(
    _ site: CallSite,
    _ key: SiteKey,
    _ names: EdgeKey,
    _ span: SpanState?,
    within around: TaskCall?,
    on lane: Lane
  ) {
    (caller, function, labels) = (names.caller, names.callee, names.labels)
    profiler = unsafe lane.profiler.number
    epoch = unsafe lane.storage.pointee.epoch.load(ordering: .relaxed)
    (self.site, self.key, self.span) = (site, key, span)
    level = around.map { $0.level + 1 } ?? 0
    task = TaskIdentity(on: lane)
    surroundings = Mutex(Surroundings(outer: Self.innermost, around: around))
    start = unsafe lane.profiler.clock.now()
  }

  /// The innermost call of a profiler around the current point of the current task.
  static func current(of profiler: Profiler) -> TaskCall? {
    current(of: profiler, profiler.spans.current(of: profiler))
  }

  /// The same, given the innermost span.
  static func current(of profiler: Profiler, _ span: TaskCall?) -> TaskCall? {
    var call = innermost
    while let this = call, this.profiler != profiler.number {
      call = this.surroundings.withLock { $0.outer }
    }
    guard let call, let span else { return call ?? span }
    return call.level > span.level ? call : span
  }

  /// This call or the nearest around it that is open: of whatever profiler, or of the same.
  private func nearestOpen(_ next: (Surroundings) -> TaskCall?) -> TaskCall? {
    var call: TaskCall? = self
    while let this = call, !this.isOpen.load(ordering: .relaxed) {
      call = this.surroundings.withLock { next($0) }
    }
    return call
  }

  /// The innermost call of the same profiler around this one while it is open.
  var around: TaskCall? { surroundings.withLock { $0.around } }

  /// Whether a call of a function is open around this one, and whether along the same edge.
  ///
  /// Asked when this one ends: a task may outlive the calls around the point where it was started.
  func recursion(of function: Int32, within around: TaskCall?) -> (function: Bool, edge: Bool) {
    var found = (function: false, edge: false)
    var call = around
    while let this = call, !found.edge {
      if this.function == function, this.epoch == epoch, this.isOpen.load(ordering: .relaxed) {
        found.function = true
        found.edge = this.caller == caller && this.labels == labels
      }
      call = this.around
    }
    return found
  }

  /// The function that calls within this one come from, and the labels that they inherit.
  func origin(on lane: Lane) -> (function: Int32, labels: Int32) {
    span?.origin(startedAs: function, within: labels, on: lane) ?? (function, labels)
  }

  /// Takes the time of a call that was made within this one off its own, if the same task made it.
  func addCallee(_ time: Nanoseconds, madeBy task: TaskIdentity) {
    guard isOpen.load(ordering: .relaxed), self.task == task else { return }
    // The ends of spans come from any thread.
    calleeTime.add(time)
  }

  /// Takes the time of this call off that of another, if the same task started both.
  func addTime(_ time: Nanoseconds, to around: TaskCall) {
    around.addCallee(time, madeBy: task)
  }

  /// Closes the call, and returns whether it was open.
  func close() -> Bool {
    surroundings.withLock {
      $0.outer = $0.outer?.nearestOpen { $0.outer }
      $0.around = $0.around?.nearestOpen { $0.around }
    }
    return isOpen.exchange(false, ordering: .relaxed)
  }
}

/// Which task runs, as long as it lives; outside of tasks, which thread.
struct TaskIdentity: Equatable {
  private let address: UInt

  init(on lane: Lane) {
    // SAFETY: a task is one reference; its address is compared, never followed.
    let task = unsafe withUnsafeCurrentTask { unsafe unsafeBitCast($0, to: UInt.self) }
    address = task == 0 ? lane.address : task
  }
}

extension Lane {
  /// Records an asynchronous call that has returned.
  func record(_ call: TaskCall) {
    guard let (around, time) = close(call) else { return }
    let figures = call.figures(time, call.recursion(of: call.function, within: around))
    let edge = unsafe edge(from: entry(of: call.caller), call.site, call.key, call.labels)
    beginChange()
    unsafe edge.pointee.add(figures)
    unsafe note(figures, along: edge.pointee.key, in: around)
    endChange()
    if let around { call.addTime(time, to: around) }
  }

  /// Closes a call; returns that around it and its time, or nil where it is not to be counted.
  func close(_ call: TaskCall) -> (around: TaskCall?, time: Nanoseconds)? {
    let around = call.around
    guard call.close(),
      unsafe owner.pointee.state == profiler.state.load(ordering: .relaxed) || catchUp(),
      unsafe storage.pointee.epoch.load(ordering: .relaxed) == call.epoch
    else { return nil }
    // The CPU time of a thread says nothing of a task that was on several: that of its calls does.
    if unsafe profiler.clock.kind == .cpu {
      return (around, call.calleeTime.load(ordering: .relaxed))
    }
    return unsafe (around, profiler.clock.now() &- call.start)
  }
}

extension TaskCall {
  /// What the call, which took a time, adds to its edge.
  func figures(_ time: Nanoseconds, _ recursion: (function: Bool, edge: Bool)) -> EdgeFigures {
    EdgeFigures(
      callCount: 1,
      recursiveCallCount: recursion.function ? 1 : 0,
      recursiveEdgeCallCount: recursion.edge ? 1 : 0,
      cumulativeTime: recursion.function ? .zero : time,
      edgeCumulativeTime: recursion.edge ? .zero : time,
      // Calls that were made at the same time may have taken longer, together.
      awaitingTime: max(.zero, time &- calleeTime.load(ordering: .relaxed))
    )
  }
}
