// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

/// The figures of functions or of edges, row by row, on their way into a blob.
struct FigureColumns {
  /// A figure that a store cannot keep exactly.
  struct Refusal: Error {
    var isTime: Bool
    var figure: String
    var value: String
  }

  private var selfTimes = TimeVector()
  private var cumulativeTimes = TimeVector()
  private var callCounts: [Int64] = []
  private var recursiveCallCounts: [Int64] = []
  private var countOnly: [Int64] = []

  init(reservingCapacity count: Int) {
    selfTimes.reserveCapacity(count)
    cumulativeTimes.reserveCapacity(count)
    callCounts.reserveCapacity(count)
    recursiveCallCounts.reserveCapacity(count)
    countOnly.reserveCapacity(count)
  }

  mutating func append(_ statistics: CallStatistics) throws(Refusal) {
    guard selfTimes.append(statistics.selfTime) else {
      throw Refusal(isTime: true, figure: "self time", value: "\(statistics.selfTime)")
    }
    guard cumulativeTimes.append(statistics.cumulativeTime) else {
      throw Refusal(isTime: true, figure: "cumulative time", value: "\(statistics.cumulativeTime)")
    }
    try appendCounts(statistics.callCount, statistics.primitiveCallCount)
    countOnly.append(0)
  }

  /// Appends an edge of which only the number of calls may be known.
  mutating func append(_ figures: CallEdge.Figures) throws(Refusal) {
    switch figures {
    case .full(let statistics):
      try append(statistics)
    case .countOnly(let count):
      _ = selfTimes.append(0)
      _ = cumulativeTimes.append(0)
      try appendCounts(count, count)
      countOnly.append(1)
    }
  }

  private mutating func appendCounts(
    _ callCount: CallCount,
    _ primitiveCallCount: CallCount
  ) throws(Refusal) {
    guard let calls = Int64(exactly: callCount) else {
      throw Refusal(isTime: false, figure: "call count", value: "\(callCount)")
    }
    guard let primitive = Int64(exactly: primitiveCallCount) else {
      throw Refusal(
        isTime: false,
        figure: "primitive call count",
        value: "\(primitiveCallCount)"
      )
    }
    callCounts.append(calls)
    recursiveCallCounts.append(calls &- primitive)
  }

  /// All columns but that of the ids, which are known only while the store is written.
  var encoded: (unit: TimeUnit, columns: [UInt8]) {
    let times = TimeColumns.encode(selfTimes: selfTimes, cumulativeTimes: cumulativeTimes)
    var columns = times.bytes
    NumberColumn.append(callCounts, to: &columns)
    NumberColumn.append(recursiveCallCounts, to: &columns)
    columns += times.patches
    return (times.unit, columns)
  }

  /// The columns of edges, which say more: what is not known, and whose they are.
  ///
  /// `edgeCounts` has the number of edges of each function, or nothing where the edges show it.
  func encodedEdges(edgeCounts: [Int64]) -> (unit: TimeUnit, columns: [UInt8]) {
    var (unit, columns) = encoded
    NumberColumn.append(countOnly, to: &columns)
    NumberColumn.append(edgeCounts, to: &columns)
    return (unit, columns)
  }
}

#endif
