// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Synchronization

/// Calls of synchronous functions; for the thread that owns the lane alone.
///
/// The profiler is handed in, since to reach it through the lane is to count one more reference to it.
/// The rules are those of cProfile. Source: `initContext` and `Stop` in CPython's `Modules/_lsprof.c`.
extension Lane {
  /// Opens a call, and returns the epoch to which it belongs; 0 where it is not recorded.
  @inline(__always)
  func open(
    _ site: CallSite,
    _ key: SiteKey,
    _ labels: Labels?,
    for profiler: Profiler
  ) -> UInt {
    // One load and one comparison notice both that the profiler is on or off and that a snapshot is
    // wanted. Relaxed: it matters only that a change is seen soon, and `catchUp` loads it again.
    guard unsafe owner.pointee.state == profiler.state.load(ordering: .relaxed) || catchUp()
    else {
      return 0
    }
    // The profiler may have been turned off since the probe looked, and the lane know it.
    let epoch = unsafe storage.pointee.epoch.load(ordering: .relaxed)
    guard epoch != 0 else { return 0 }
    let depth = unsafe storage.pointee.depth.load(ordering: .relaxed)
    // Counted and not recorded: frames cannot move to larger memory while readers may be there.
    guard unsafe depth < storage.pointee.frames.capacity else {
      unsafe storage.pointee.unrecordedCalls.addAsOwner(1)
      return 0
    }
    // Before the change begins, since a new edge takes memory and locks, and readers would wait.
    let edge = unsafe edge(atDepth: depth, site, key, labels)
    let frame = unsafe storage.pointee.frames[depth]
    let callee = unsafe edge.pointee.callee
    beginChange()
    unsafe edge.pointee.callCount.addAsOwner(1)
    if unsafe callee.pointee.openCalls > 0 { unsafe edge.pointee.recursiveCallCount.addAsOwner(1) }
    if unsafe edge.pointee.openCalls.load(ordering: .relaxed) > 0 {
      unsafe edge.pointee.recursiveEdgeCallCount.addAsOwner(1)
    }
    unsafe callee.pointee.openCalls += 1
    unsafe edge.pointee.openCalls.addAsOwner(1)
    unsafe frame.pointee.edge.store(edge, ordering: .relaxed)
    unsafe frame.pointee.calleeTime.store(.zero, ordering: .relaxed)
    unsafe frame.pointee.probeTime.store(.zero, ordering: .relaxed)
    unsafe storage.pointee.depth.store(depth + 1, ordering: .relaxed)
    // The last of all, so that the call does not pay for its own probe.
    unsafe frame.pointee.start.store(profiler.clock.now(), ordering: .relaxed)
    endChange()
    return epoch
  }

  /// Closes the call that was opened last, unless the profiler was turned off since.
  @inline(__always)
  func close(_ epoch: UInt, for profiler: Profiler) {
    guard unsafe owner.pointee.state == profiler.state.load(ordering: .relaxed) || catchUp(),
      unsafe storage.pointee.epoch.load(ordering: .relaxed) == epoch
    else { return }
    let depth = unsafe storage.pointee.depth.load(ordering: .relaxed) - 1
    let frame = unsafe storage.pointee.frames[depth]
    beginChange()
    let elapsed = unsafe profiler.clock.now() &- frame.pointee.start.load(ordering: .relaxed)
    let probeTime = unsafe frame.pointee.probeTime.load(ordering: .relaxed)
    let cost = profiler.probeCost
    let time = elapsed &- probeTime &- cost.inside
    unsafe book(frame, time)
    unsafe storage.pointee.depth.store(depth, ordering: .relaxed)
    // Spares nearly all calls the search for a call of their task.
    if unsafe depth <= owner.pointee.spanDepth,
      profiler.hasTaskCalls.load(ordering: .relaxed)
    {
      unsafe addToTaskCall(frame, atDepth: depth, time)
    }
    if depth > 0 {
      let caller = unsafe storage.pointee.frames[depth - 1]
      unsafe caller.pointee.calleeTime.addAsOwner(time)
      unsafe caller.pointee.probeTime.addAsOwner(probeTime &+ cost.inside &+ cost.around)
    }
    endChange()
  }

  /// Adds the time of a call that ends to its edge.
  @inline(__always)
  private func book(_ frame: UnsafeMutablePointer<OpenFrame>, _ time: Nanoseconds) {
    guard let edge = unsafe frame.pointee.edge.load(ordering: .relaxed) else { return }
    let callee = unsafe edge.pointee.callee
    unsafe edge.pointee.selfTime.addAsOwner(
      time &- frame.pointee.calleeTime.load(ordering: .relaxed)
    )
    unsafe callee.pointee.openCalls -= 1
    unsafe edge.pointee.openCalls.addAsOwner(-1)
    if unsafe callee.pointee.openCalls == 0 { unsafe edge.pointee.cumulativeTime.addAsOwner(time) }
    if unsafe edge.pointee.openCalls.load(ordering: .relaxed) == 0 {
      unsafe edge.pointee.edgeCumulativeTime.addAsOwner(time)
    }
  }

  /// Takes the time of a call that ends off the call of the task within which it was made, if any.
  @inline(never)
  private func addToTaskCall(
    _ frame: UnsafeMutablePointer<OpenFrame>,
    atDepth depth: Int,
    _ time: Nanoseconds
  ) {
    unsafe owner.pointee.spanDepth = depth
    let innermost =
      unsafe depth == 0
      ? owner.pointee.taskCall.take()
      : taskCall(aroundDepth: depth, TaskCall.current(of: profiler))
    guard let call = innermost else { return }
    call.addCallee(time, madeBy: TaskIdentity(on: self))
    guard let span = call.span,
      let edge = unsafe frame.pointee.edge.load(ordering: .relaxed)
    else { return }
    if depth > 0 { span.timeInFrame.add(time) }
    let isRecursive = unsafe edge.pointee.callee.pointee.openCalls > 0
    let isRecursiveEdge = unsafe edge.pointee.openCalls.load(ordering: .relaxed) > 0
    let figures = EdgeFigures(
      callCount: 1,
      recursiveCallCount: isRecursive ? 1 : 0,
      recursiveEdgeCallCount: isRecursiveEdge ? 1 : 0,
      selfTime: unsafe time &- frame.pointee.calleeTime.load(ordering: .relaxed),
      cumulativeTime: isRecursive ? .zero : time,
      edgeCumulativeTime: isRecursiveEdge ? .zero : time
    )
    unsafe note(figures, along: edge.pointee.key, in: call)
  }

  /// Closes all open calls at a time, as if they had returned; without a time, as if when they began.
  private func closeAll(at time: Nanoseconds?) {
    // One change for the whole stack, so that no reader sees a part of it closed. The innermost
    // call first: its time is callee time of the one around it.
    var depth = unsafe storage.pointee.depth.load(ordering: .relaxed)
    var (calleeTime, probeTime) = (Nanoseconds.zero, Nanoseconds.zero)
    beginChange()
    while depth > 0 {
      depth -= 1
      let frame = unsafe storage.pointee.frames[depth]
      unsafe frame.pointee.calleeTime.addAsOwner(calleeTime)
      probeTime = unsafe probeTime &+ frame.pointee.probeTime.load(ordering: .relaxed)
      calleeTime = unsafe openTime(of: frame, at: time, without: probeTime)
      unsafe book(frame, calleeTime)
    }
    unsafe storage.pointee.depth.store(0, ordering: .relaxed)
    unsafe owner.pointee.spanDepth = 0
    unsafe owner.pointee.taskCall = nil
    endChange()
  }

  /// Closes the calls that a thread leaves open when it ends.
  func end() {
    _ = catchUp()
    if unsafe storage.pointee.depth.load(ordering: .relaxed) > 0 {
      unsafe closeAll(at: profiler.clock.now())
    }
  }

  /// Takes note that the profiler was turned on or off, or that a snapshot is wanted: hands a copy over
  /// unless there is one, and returns whether the profiler is on.
  @inline(never)
  func catchUp() -> Bool {
    // The profiler writes epoch and end before its state: a thread that sees the new state sees
    // these, too.
    let state = unsafe profiler.state.load(ordering: .acquiring)
    let isOn = Profiler.isOn(state)
    let epoch = unsafe storage.pointee.epoch.load(ordering: .relaxed)
    let current = unsafe profiler.epoch.load(ordering: .acquiring)
    // Off, or off and on again: either way the open calls are of an epoch that has ended.
    if unsafe storage.pointee.depth.load(ordering: .relaxed) > 0, !isOn || epoch != current {
      closeAll(at: endOfEpoch(epoch))
    }
    unsafe storage.pointee.epoch.store(isOn ? current : 0, ordering: .releasing)
    // A reader may never find a busy thread between two changes. So it gets a copy from here,
    // unless it has made one itself.
    if unsafe storage.pointee.served.load(ordering: .acquiring) != state {
      let image = unsafe image(at: profiler.clock.now())
      unsafe storage.pointee.handedOver.withLock { $0 = (state, image) }
    }
    unsafe owner.pointee.state = state
    return isOn
  }

  /// When a time of being on ended that the owner did not see end.
  ///
  /// Nil where that is not noted: its calls began while the profiler was being turned off.
  private func endOfEpoch(_ epoch: UInt) -> Nanoseconds? {
    if let time = noted(epoch) { return time }
    // Where others can read a thread's clock, it is noted; else it is now, or was a moment ago.
    return unsafe profiler.clock.isOfThread ? profiler.clock.now() : nil
  }

  /// Whether calls are recorded; takes note of changes first.
  func isRecording() -> Bool {
    guard unsafe owner.pointee.state == profiler.state.load(ordering: .relaxed) else {
      return catchUp()
    }
    return unsafe storage.pointee.epoch.load(ordering: .relaxed) != 0
  }

  // MARK: - Changes

  @inline(__always)
  func beginChange() {
    let sequence = unsafe storage.pointee.sequence.load(ordering: .relaxed)
    unsafe storage.pointee.sequence.store(sequence &+ 1, ordering: .relaxed)
    // A reader that sees a part of the change sees that there is one.
    // A fence, since a releasing store orders only what precedes it, and the counters follow it.
    atomicMemoryFence(ordering: .releasing)
  }

  @inline(__always)
  func endChange() {
    let sequence = unsafe storage.pointee.sequence.load(ordering: .relaxed)
    // A reader that sees the even number sees the whole change.
    unsafe storage.pointee.sequence.store(sequence &+ 1, ordering: .releasing)
  }
}
