// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataStoreFormat

/// Figures of functions or edges, added up by their numbers in the store.
///
/// - Complexity: Four bytes for each number there is, 37 for each one that was met.
struct RollupAccumulator {
  /// The sums of one number side by side, since they are added to together.
  private struct Row {
    var selfTime: Int64 = 0
    var cumulativeTime: Int64 = 0
    var callCount: Int64 = 0
    var primitiveCallCount: Int64 = 0

    /// Adds each figure, or none of them where one would pass 63 bits; returns whether it was done.
    @inline(__always)
    mutating func add(_ other: Row) -> Bool {
      let selfTimes = selfTime.addingReportingOverflow(other.selfTime)
      let cumulativeTimes = cumulativeTime.addingReportingOverflow(other.cumulativeTime)
      let calls = callCount.addingReportingOverflow(other.callCount)
      let primitive = primitiveCallCount.addingReportingOverflow(other.primitiveCallCount)
      guard
        !(selfTimes.overflow || cumulativeTimes.overflow || calls.overflow || primitive.overflow)
      else { return false }
      selfTime = selfTimes.partialValue
      cumulativeTime = cumulativeTimes.partialValue
      callCount = calls.partialValue
      primitiveCallCount = primitive.partialValue
      return true
    }

    init() {}

    @inline(__always)
    init(_ figures: FigureNanoseconds, _ row: Int) {
      selfTime = figures.selfNanoseconds[row]
      cumulativeTime = selfTime &+ figures.calleeNanoseconds[row]
      callCount = figures.callCounts[row]
      primitiveCallCount = callCount &- figures.recursiveCallCounts[row]
    }

    var totals: FunctionTotals {
      FunctionTotals(
        callCount: Int128(callCount),
        primitiveCallCount: Int128(primitiveCallCount),
        selfTime: Int128(selfTime),
        cumulativeTime: Int128(cumulativeTime)
      )
    }
  }

  /// The place of each number; -1 where it was not met.
  private var places: [Int32]
  private(set) var ids: [Int32] = []
  private var rows: [Row] = []
  /// Of edges: whether the number of calls is all that is known.
  private(set) var isCountOnly: [Bool] = []
  /// What 63 bits did not hold, by its place: to be added to the rows.
  ///
  /// Nothing, unless times are those of centuries.
  private var excess: [Int: FunctionTotals] = [:]

  /// Creates sums for numbers from 1 to `known`.
  init(known: Int32) {
    places = Array(repeating: -1, count: Int(known) + 1)
  }

  var count: Int { ids.count }

  /// Whether some sum takes more than 63 bits.
  var hasExcess: Bool { !excess.isEmpty }

  /// Forgets all sums, and keeps the memory.
  mutating func reset() {
    for id in ids { places[Int(id)] = -1 }
    ids.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
    isCountOnly.removeAll(keepingCapacity: true)
    excess = [:]
  }

  /// Adds figures, one row for each id.
  mutating func add(_ figures: FigureNanoseconds, ids newIDs: [Int32], countOnly: [Int64] = []) {
    for id in newIDs where places[Int(id)] < 0 { meet(id) }
    for row in Self.add(figures, ids: newIDs, at: places, to: &rows) {
      excess[place(of: newIDs[row]), default: .zero].add(Row(figures, row).totals)
    }
    guard !countOnly.isEmpty else { return }
    for row in newIDs.indices where countOnly[row] != 0 {
      isCountOnly[place(of: newIDs[row])] = true
    }
  }

  /// Adds the figures of ids that were met, and returns the rows that no sum had room for.
  ///
  /// Most of the time of rolling up is spent here, so that sums are changed through a span.
  private static func add(
    _ figures: FigureNanoseconds,
    ids: [Int32],
    at places: [Int32],
    to sums: inout [Row]
  ) -> [Int] {
    var rest: [Int] = []
    var sums = sums.mutableSpan
    for row in ids.indices {
      let added = Row(figures, row)
      if !sums[Int(places[Int(ids[row])])].add(added) { rest.append(row) }
    }
    return rest
  }

  private mutating func meet(_ id: Int32) {
    places[Int(id)] = Int32(ids.count)
    ids.append(id)
    rows.append(Row())
    isCountOnly.append(false)
  }

  /// Where the sums of a number that was met are.
  func place(of id: Int32) -> Int { Int(places[Int(id)]) }

  /// The sums of some places as columns; there must be no excess.
  func figures(at order: [Int]) -> FigureNanoseconds {
    FigureNanoseconds(
      selfNanoseconds: order.map { rows[$0].selfTime },
      calleeNanoseconds: order.map { rows[$0].cumulativeTime &- rows[$0].selfTime },
      callCounts: order.map { rows[$0].callCount },
      recursiveCallCounts: order.map { rows[$0].callCount &- rows[$0].primitiveCallCount }
    )
  }

  /// The sums of one place.
  func totals(at place: Int) -> FunctionTotals {
    var totals = rows[place].totals
    if let excess = excess[place] { totals.add(excess) }
    return totals
  }
}

#endif
