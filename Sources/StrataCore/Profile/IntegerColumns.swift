// SPDX-License-Identifier: Apache-2.0

/// The figures of a profile as whole numbers: the form in which they are summed.
package struct IntegerColumns: Sendable {
  package private(set) var callCounts: [Int64] = []
  package private(set) var primitiveCallCounts: [Int64] = []
  package private(set) var selfNanoseconds: [Int64] = []
  package private(set) var cumulativeNanoseconds: [Int64] = []

  /// Takes the nearest nanosecond of each time; the figures of callers are checked alone.
  ///
  /// - Throws: ``CaptureError`` for a time or count that the columns cannot hold.
  package init(_ profile: StatsProfile) throws(CaptureError) {
    callCounts.reserveCapacity(profile.rows.count)
    primitiveCallCounts.reserveCapacity(profile.rows.count)
    selfNanoseconds.reserveCapacity(profile.rows.count)
    cumulativeNanoseconds.reserveCapacity(profile.rows.count)
    for row in profile.rows {
      let figures = row.figures
      guard let callCount = profile.wideCounts.int64(figures.callCount),
        let primitiveCallCount = profile.wideCounts.int64(figures.primitiveCallCount),
        let selfTime = Nanoseconds(nearestTo: figures.selfTime),
        let cumulativeTime = Nanoseconds(nearestTo: figures.cumulativeTime)
      else { throw CaptureError(profile, of: row) }
      callCounts.append(callCount)
      primitiveCallCounts.append(primitiveCallCount)
      selfNanoseconds.append(selfTime.count)
      cumulativeNanoseconds.append(cumulativeTime.count)
    }
    guard profile.edges.allSatisfy({ $0.figures.isSummable(profile.wideCounts) }) else {
      throw CaptureError(ofCallersIn: profile)
    }
  }

  /// The figures of a row.
  package subscript(row: Int) -> FunctionTotals {
    FunctionTotals(
      callCount: Int128(callCounts[row]),
      primitiveCallCount: Int128(primitiveCallCounts[row]),
      selfTime: Nanoseconds.Sum(Int128(selfNanoseconds[row])),
      cumulativeTime: Nanoseconds.Sum(Int128(cumulativeNanoseconds[row]))
    )
  }

  /// The figures of the callers of all rows, in the same way.
  ///
  /// - Throws: ``CaptureError`` for a time or count that the columns of a store cannot hold.
  package static func edges(of profile: StatsProfile) throws(CaptureError) -> [FunctionTotals] {
    var edges: [FunctionTotals] = []
    edges.reserveCapacity(profile.edges.count)
    for edge in profile.edges {
      guard let figures = edge.figures.totals(profile.wideCounts) else {
        throw CaptureError(ofCallersIn: profile)
      }
      edges.append(figures)
    }
    return edges
  }
}

extension CompactFigures {
  /// The figures as whole numbers; nil where a column would not hold one.
  fileprivate func totals(_ wide: WideCounts) -> FunctionTotals? {
    guard let callCount = wide.int64(callCount),
      let primitiveCallCount = wide.int64(primitiveCallCount),
      let selfTime = Nanoseconds(nearestTo: selfTime),
      let cumulativeTime = Nanoseconds(nearestTo: cumulativeTime)
    else { return nil }
    return FunctionTotals(
      callCount: Int128(callCount),
      primitiveCallCount: Int128(primitiveCallCount),
      selfTime: Nanoseconds.Sum(selfTime),
      cumulativeTime: Nanoseconds.Sum(cumulativeTime)
    )
  }

  /// Whether the figures fit into the columns of a store.
  fileprivate func isSummable(_ wide: WideCounts) -> Bool {
    selfTime.isSummable && cumulativeTime.isSummable && wide.int64(callCount) != nil
      && wide.int64(primitiveCallCount) != nil
  }
}

extension Double {
  /// Whether a time in seconds has nanoseconds; thirty years surely have.
  fileprivate var isSummable: Bool {
    magnitude < 1e9 || Nanoseconds(nearestTo: self) != nil
  }
}

extension CaptureError {
  /// The error of the first figure of a function that is out of range.
  fileprivate init(_ profile: StatsProfile, of row: StatsProfile.Row) {
    self.init(profile.statistics(of: row), of: profile.functionTable[Int(row.function)])
  }

  /// The error of the first caller whose figures are out of range.
  fileprivate init(ofCallersIn profile: StatsProfile) {
    let index = profile.edges.firstIndex { !$0.figures.isSummable(profile.wideCounts) } ?? 0
    let callee = profile.rows.first { $0.edgeRange.contains(index) }?.function ?? 0
    let edge = profile.edges[index]
    self.init(
      CallStatistics(edge.figures, profile.wideCounts),
      of: profile.functionTable[Int(callee)],
      caller: profile.functionTable[Int(edge.caller)]
    )
  }

  private init(_ figures: CallStatistics, of function: Function, caller: Function? = nil) {
    for (count, figure) in [
      (figures.callCount, "call count"), (figures.primitiveCallCount, "primitive call count"),
    ] where Int64(exactly: count) == nil {
      self.init(figure: figure, isTime: false, value: "\(count)", of: function, caller: caller)
      return
    }
    let isSelfTime = Nanoseconds(nearestTo: figures.selfTime) == nil
    self.init(
      figure: isSelfTime ? "self time" : "cumulative time",
      isTime: true,
      value: "\(isSelfTime ? figures.selfTime : figures.cumulativeTime)",
      of: function,
      caller: caller
    )
  }
}
