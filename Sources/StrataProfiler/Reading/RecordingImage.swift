// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// What all threads had recorded at a moment; it only grows, so that a part of it is a difference.
struct RecordingImage {
  /// What a thread did; another value after each call.
  struct Activity: Equatable {
    var sequence: UInt
    var hasOpenCalls: Bool
  }

  private(set) var edges: [EdgeKey: EdgeFigures] = [:]
  private(set) var unrecordedCalls: Int64 = 0
  /// The threads that are still there and have recorded something.
  var activity: [Int: Activity] = [:]
  /// The threads that recorded something and ended.
  var finishedThreads = 0

  /// Adds what a thread recorded.
  mutating func add(_ image: LaneImage) {
    for (key, figures) in image.edges { edges[key, default: .zero] += figures }
    unrecordedCalls += image.unrecordedCalls
  }

  /// Adds what came after this, up to a later moment.
  mutating func append(_ later: RecordingImage) {
    for (key, figures) in later.edges { edges[key, default: .zero] += figures }
    unrecordedCalls += later.unrecordedCalls
    activity.merge(later.activity) { $1 }
    finishedThreads += later.finishedThreads
  }

  /// What came since an earlier moment, which becomes this one.
  ///
  /// A call that is open counts up to the moment when its thread was looked at. It may have ended some
  /// nanoseconds earlier, which are then missing from what comes next: they stay owed.
  func difference(since base: inout RecordingImage) -> RecordingImage {
    var part = RecordingImage()
    var moved: [EdgeKey: EdgeFigures] = [:]
    for (key, figures) in edges {
      var owed = base.edges[key] ?? .zero
      // Counts only grow, unless calls were moved to another edge.
      if figures.callCount < owed.callCount { moved[key] = owed.excess(over: figures) }
      let came = figures.excess(over: owed)
      guard came != .zero else { continue }
      part.edges[key] = came
      owed += came
      base.edges[key] = owed
    }
    for (key, figures) in moved { part.remove(figures, movedFrom: key, since: &base) }
    part.unrecordedCalls = unrecordedCalls - base.unrecordedCalls
    part.finishedThreads = finishedThreads - base.finishedThreads
    part.activity = activity.filter { $0.value.hasOpenCalls || base.activity[$0.key] != $0.value }
    base.unrecordedCalls = unrecordedCalls
    base.finishedThreads = finishedThreads
    base.activity = activity
    return part
  }

  /// Removes calls that were moved to other callers, since their span was renamed, but had been part of
  /// `base` already: so that none is counted twice.
  private mutating func remove(
    _ moved: EdgeFigures,
    movedFrom old: EdgeKey,
    since base: inout RecordingImage
  ) {
    var moved = moved
    for (key, figures) in edges where key.callee == old.callee && key.labels == old.labels {
      let rest = figures.excess(over: moved)
      var taken = figures
      taken += -rest
      moved += -taken
      base.edges[old, default: .zero] += -taken
      edges[key] = rest == .zero ? nil : rest
    }
  }

  /// How many threads recorded something.
  var threadCount: Int { activity.count + finishedThreads }
}

extension EdgeFigures {
  /// How much each figure is above that of `base`; 0 where it is below.
  fileprivate func excess(over base: EdgeFigures) -> EdgeFigures {
    EdgeFigures(
      callCount: max(0, callCount &- base.callCount),
      recursiveCallCount: max(0, recursiveCallCount &- base.recursiveCallCount),
      recursiveEdgeCallCount: max(0, recursiveEdgeCallCount &- base.recursiveEdgeCallCount),
      selfTime: max(.zero, selfTime &- base.selfTime),
      cumulativeTime: max(.zero, cumulativeTime &- base.cumulativeTime),
      edgeCumulativeTime: max(.zero, edgeCumulativeTime &- base.edgeCumulativeTime),
      awaitingTime: max(.zero, awaitingTime &- base.awaitingTime)
    )
  }
}
