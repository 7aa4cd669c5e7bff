// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Synchronization

/// A call of an asynchronous function that has not returned: it follows its task from thread to thread.
@usableFromInline
final class TaskCall: Sendable {
  /// The innermost call of the current task, or of the task that started it.
  @TaskLocal static var innermost: TaskCall?

  let profiler: UInt
  let epoch: UInt
  let site: CallSite
  let key: SiteKey
  let caller: Int32
  let function: Int32
  let labels: Int32
  /// Whether another call of the function is open around this one.
  let isRecursive: Bool
  /// Whether another call of the function from the same caller is open around this one.
  let isRecursiveEdge: Bool
  private let task: TaskIdentity
  let start: Int64
  /// The time of measured calls that its own task made within it.
  let calleeTime = Atomic<Int64>(0)
  private let isOpen = Atomic<Bool>(true)
  /// The call around this one while it is open, of whatever profiler.
  ///
  /// A task may outlive the call that started it; so that no chain grows, a closed call forgets what
  /// was around it.
  private let outer: Mutex<TaskCall?>

  /// Opens a call on the lane of the current thread.
  init(_ site: CallSite, _ key: SiteKey, _ labels: Labels?, on lane: Lane) {
    let outer = Self.innermost
    let edge = unsafe lane.edge(
      atDepth: lane.storage.pointee.depth.load(ordering: .relaxed),
      site,
      key,
      labels
    )
    let names = unsafe edge.pointee.key
    (caller, function, self.labels) = (names.caller, names.callee, names.labels)
    profiler = unsafe lane.profiler.number
    epoch = unsafe lane.storage.pointee.epoch.load(ordering: .relaxed)
    (self.site, self.key) = (site, key)
    let around = outer.map { $0.openCalls(of: lane) } ?? []
    isRecursive = around.contains { $0.function == names.callee }
    isRecursiveEdge = around.contains {
      $0.function == names.callee && $0.caller == names.caller && $0.labels == names.labels
    }
    task = TaskIdentity()
    self.outer = Mutex(outer)
    start = unsafe lane.profiler.clock.now()
  }

  /// The innermost call of a profiler around the current point of the current task.
  static func current(of profiler: Profiler) -> TaskCall? {
    var call = innermost
    while let this = call, this.profiler != profiler.number { call = this.outer.withLock { $0 } }
    return call
  }

  /// This call and those around it that are open, as far as they are of the lane's profiler.
  private func openCalls(of lane: Lane) -> [TaskCall] {
    var calls: [TaskCall] = []
    var call: TaskCall? = self
    while let this = call {
      if unsafe this.profiler == lane.profiler.number, this.isOpen.load(ordering: .relaxed) {
        calls.append(this)
      }
      call = this.outer.withLock { $0 }
    }
    return calls
  }

  /// Takes the time of a call that was made within this one off its own, if the same task made it.
  func addCallee(_ time: Int64) {
    guard isOpen.load(ordering: .relaxed), task == TaskIdentity() else { return }
    calleeTime.addAsOwner(time)
  }

  /// Closes the call, and returns the one around it.
  func close() -> TaskCall? {
    isOpen.store(false, ordering: .relaxed)
    return outer.withLock { outer in
      defer { outer = nil }
      return outer
    }
  }
}

/// Which task runs, as long as it lives; 0 outside of tasks.
private struct TaskIdentity: Equatable {
  private let address: UInt

  init() {
    // SAFETY: a task is one reference; its address is compared, never followed.
    address = unsafe withUnsafeCurrentTask { unsafe unsafeBitCast($0, to: UInt.self) }
  }
}

extension Lane {
  /// Records an asynchronous call that has returned.
  func record(_ call: TaskCall) {
    guard unsafe owner.pointee.state == profiler.state.load(ordering: .relaxed) || catchUp(),
      unsafe storage.pointee.epoch.load(ordering: .relaxed) == call.epoch
    else {
      _ = call.close()
      return
    }
    let edge = unsafe edge(from: entry(of: call.caller), call.site, call.key, call.labels)
    beginChange()
    let calleeTime = call.calleeTime.load(ordering: .relaxed)
    // The CPU time of a thread says nothing of a task that was on several: that of its calls does.
    let time =
      unsafe profiler.clock.kind == .cpu ? calleeTime : profiler.clock.now() &- call.start
    unsafe edge.pointee.callCount.addAsOwner(1)
    if call.isRecursive { unsafe edge.pointee.recursiveCallCount.addAsOwner(1) }
    if call.isRecursiveEdge { unsafe edge.pointee.recursiveEdgeCallCount.addAsOwner(1) }
    unsafe edge.pointee.awaitingTime.addAsOwner(time &- calleeTime)
    if !call.isRecursive { unsafe edge.pointee.cumulativeTime.addAsOwner(time) }
    if !call.isRecursiveEdge { unsafe edge.pointee.edgeCumulativeTime.addAsOwner(time) }
    endChange()
    _ = call.close()
    unsafe TaskCall.current(of: profiler)?.addCallee(time)
  }
}
