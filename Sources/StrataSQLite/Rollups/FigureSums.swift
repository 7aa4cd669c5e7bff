// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

/// Figures of functions or edges, added up by their numbers in the store.
///
/// - Complexity: Four bytes for each number there is, 40 for each one that was met.
struct FigureSums {
  /// One of the sums.
  private struct Cell: Hashable {
    var column: Int
    var place: Int
  }

  /// The place of each number; -1 where it was not met.
  private var places: [Int32]
  private(set) var ids: [Int32] = []
  private var selfTimes: [Int64] = []
  private var cumulativeTimes: [Int64] = []
  private var callCounts: [Int64] = []
  private var primitiveCallCounts: [Int64] = []
  /// Of edges: whether the number of calls is all that is known.
  private(set) var isCountOnly: [Bool] = []
  /// What 63 bits did not hold, beside the sums: nothing, unless times are those of centuries.
  private var excess: [Cell: Int128] = [:]

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
    selfTimes.removeAll(keepingCapacity: true)
    cumulativeTimes.removeAll(keepingCapacity: true)
    callCounts.removeAll(keepingCapacity: true)
    primitiveCallCounts.removeAll(keepingCapacity: true)
    isCountOnly.removeAll(keepingCapacity: true)
    excess = [:]
  }

  /// Adds figures in nanoseconds, one row for each id.
  mutating func add(_ figures: FigureTicks, ids newIDs: [Int32], countOnly: [Int64] = []) {
    for row in newIDs.indices {
      let place = newPlace(of: newIDs[row])
      let (own, calls) = (figures.selfTimes[row], figures.callCounts[row])
      let cumulative = own &+ figures.calleeTimes[row]
      let primitive = calls &- figures.recursiveCallCounts[row]
      Self.add(own, to: &selfTimes[place], &excess, Cell(column: 0, place: place))
      Self.add(cumulative, to: &cumulativeTimes[place], &excess, Cell(column: 1, place: place))
      Self.add(calls, to: &callCounts[place], &excess, Cell(column: 2, place: place))
      Self.add(primitive, to: &primitiveCallCounts[place], &excess, Cell(column: 3, place: place))
    }
    guard !countOnly.isEmpty else { return }
    for row in newIDs.indices where countOnly[row] != 0 {
      isCountOnly[place(of: newIDs[row])] = true
    }
  }

  @inline(__always)
  private static func add(
    _ value: Int64,
    to sum: inout Int64,
    _ excess: inout [Cell: Int128],
    _ cell: Cell
  ) {
    let (result, overflow) = sum.addingReportingOverflow(value)
    if overflow { excess[cell, default: 0] += Int128(value) } else { sum = result }
  }

  @inline(__always)
  private mutating func newPlace(of id: Int32) -> Int {
    let known = places[Int(id)]
    if known >= 0 { return Int(known) }
    places[Int(id)] = Int32(ids.count)
    ids.append(id)
    selfTimes.append(0)
    cumulativeTimes.append(0)
    callCounts.append(0)
    primitiveCallCounts.append(0)
    isCountOnly.append(false)
    return ids.count - 1
  }

  /// Where the sums of a number that was met are.
  func place(of id: Int32) -> Int { Int(places[Int(id)]) }

  /// The sums of some places as columns; there must be no excess.
  func ticks(at order: [Int]) -> FigureTicks {
    FigureTicks(
      selfTimes: order.map { selfTimes[$0] },
      calleeTimes: order.map { cumulativeTimes[$0] &- selfTimes[$0] },
      callCounts: order.map { callCounts[$0] },
      recursiveCallCounts: order.map { callCounts[$0] &- primitiveCallCounts[$0] }
    )
  }

  /// The sums of one place.
  func totals(at place: Int) -> FunctionTotals {
    FunctionTotals(
      callCount: sum(callCounts, 2, place),
      primitiveCallCount: sum(primitiveCallCounts, 3, place),
      selfTime: sum(selfTimes, 0, place),
      cumulativeTime: sum(cumulativeTimes, 1, place)
    )
  }

  private func sum(_ sums: [Int64], _ column: Int, _ place: Int) -> Int128 {
    let sum = Int128(sums[place])
    return excess.isEmpty ? sum : sum + (excess[Cell(column: column, place: place)] ?? 0)
  }
}

#endif
