// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Synchronization

/// A function as one thread knows it.
///
/// Only that thread looks at it.
@safe struct FunctionEntry {
  /// The number of the function; ``none`` for the root, which is no function.
  let function: Int32
  /// How many of its calls are open.
  var openCalls = 0
  /// The edge that was followed last from here: most functions call the same one again and again.
  var lastEdge: UnsafeMutablePointer<EdgeCounters>?

  static let none: Int32 = -1
}

/// The calls of one thread along one edge of the call graph, with one set of labels.
///
/// The thread that owns it adds to the counters, others read them: as atomics, but without any
/// instruction that a plain variable would not need.
@safe struct EdgeCounters: ~Copyable {
  let key: EdgeKey
  let site: SiteKey
  let caller: UnsafeMutablePointer<FunctionEntry>
  let callee: UnsafeMutablePointer<FunctionEntry>
  /// How many calls along the edge are open.
  let openCalls = Atomic<Int64>(0)
  let callCount = Atomic<Int64>(0)
  /// Calls made while another call of the same function was open.
  let recursiveCallCount = Atomic<Int64>(0)
  /// Calls made while another call along the same edge was open.
  let recursiveEdgeCallCount = Atomic<Int64>(0)
  let selfTime = Atomic<Nanoseconds>(.zero)
  /// The time of calls within which the function was not open already.
  let cumulativeTime = Atomic<Nanoseconds>(.zero)
  /// The time of calls within which the edge was not open already.
  let edgeCumulativeTime = Atomic<Nanoseconds>(.zero)
  /// The time of asynchronous calls outside of any measured call that they made.
  let awaitingTime = Atomic<Nanoseconds>(.zero)

  init(
    from caller: UnsafeMutablePointer<FunctionEntry>,
    to callee: UnsafeMutablePointer<FunctionEntry>,
    _ site: SiteKey,
    labels: Int32
  ) {
    // By number as well as by pointer: readers must not follow pointers into the owner's entries.
    key = unsafe EdgeKey(
      caller: caller.pointee.function,
      callee: callee.pointee.function,
      labels: labels
    )
    self.site = site
    unsafe self.caller = unsafe caller
    unsafe self.callee = unsafe callee
  }

  /// What the counters hold now.
  ///
  /// Each load may be of another moment: only the sequence of the lane shows whether they match.
  var figures: EdgeFigures {
    EdgeFigures(
      callCount: callCount.load(ordering: .relaxed),
      recursiveCallCount: recursiveCallCount.load(ordering: .relaxed),
      recursiveEdgeCallCount: recursiveEdgeCallCount.load(ordering: .relaxed),
      selfTime: selfTime.load(ordering: .relaxed),
      cumulativeTime: cumulativeTime.load(ordering: .relaxed),
      edgeCumulativeTime: edgeCumulativeTime.load(ordering: .relaxed),
      awaitingTime: awaitingTime.load(ordering: .relaxed)
    )
  }

  /// Adds to each counter; for the owner alone, within a change.
  func add(_ figures: EdgeFigures) {
    callCount.addAsOwner(figures.callCount)
    recursiveCallCount.addAsOwner(figures.recursiveCallCount)
    recursiveEdgeCallCount.addAsOwner(figures.recursiveEdgeCallCount)
    selfTime.addAsOwner(figures.selfTime)
    cumulativeTime.addAsOwner(figures.cumulativeTime)
    edgeCumulativeTime.addAsOwner(figures.edgeCumulativeTime)
    awaitingTime.addAsOwner(figures.awaitingTime)
  }
}

extension Atomic where Value == Int64 {
  /// Adds for the one thread that writes: a load and a store, no locked instruction.
  ///
  /// With a second writer, what it adds between the two would be lost.
  @inline(__always)
  borrowing func addAsOwner(_ value: Int64) {
    store(load(ordering: .relaxed) &+ value, ordering: .relaxed)
  }
}
