// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// What was recorded along one edge.
struct EdgeFigures: Hashable {
  var callCount: Int64 = 0
  var recursiveCallCount: Int64 = 0
  var recursiveEdgeCallCount: Int64 = 0
  var selfTime = Nanoseconds.zero
  var cumulativeTime = Nanoseconds.zero
  var edgeCumulativeTime = Nanoseconds.zero
  var awaitingTime = Nanoseconds.zero

  static let zero = EdgeFigures()

  /// Adds each figure; times wrap around after 292 years.
  static func += (sum: inout EdgeFigures, addend: EdgeFigures) {
    // Not trapping: a profiler must not end the program that it measures.
    sum.callCount &+= addend.callCount
    sum.recursiveCallCount &+= addend.recursiveCallCount
    sum.recursiveEdgeCallCount &+= addend.recursiveEdgeCallCount
    sum.selfTime = sum.selfTime &+ addend.selfTime
    sum.cumulativeTime = sum.cumulativeTime &+ addend.cumulativeTime
    sum.edgeCumulativeTime = sum.edgeCumulativeTime &+ addend.edgeCumulativeTime
    sum.awaitingTime = sum.awaitingTime &+ addend.awaitingTime
  }

  /// The figures that take these away again.
  static prefix func - (figures: EdgeFigures) -> EdgeFigures {
    EdgeFigures(
      callCount: 0 &- figures.callCount,
      recursiveCallCount: 0 &- figures.recursiveCallCount,
      recursiveEdgeCallCount: 0 &- figures.recursiveEdgeCallCount,
      selfTime: .zero &- figures.selfTime,
      cumulativeTime: .zero &- figures.cumulativeTime,
      edgeCumulativeTime: .zero &- figures.edgeCumulativeTime,
      awaitingTime: .zero &- figures.awaitingTime
    )
  }
}

/// An edge of the call graph by numbers: who called whom, with which labels.
struct EdgeKey: Hashable {
  /// The function that called; ``FunctionEntry/none`` without one.
  var caller: Int32
  var callee: Int32
  var labels: Int32
}
