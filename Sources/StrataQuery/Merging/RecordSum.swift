// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Adds up records one by one, in whole nanoseconds, whatever store they come from.
struct RecordSum {
  private struct EdgeEnds: Hashable {
    let caller: Int32
    let callee: Int32
  }

  private var functions = FunctionInterner()
  private var totals = ProfileTotals()
  /// The row of each function, or -1 for one that only calls others.
  private var rowOfFunction: [Int32] = []
  private var numberOfEdge: [EdgeEnds: Int] = [:]

  /// The sum, its functions and edges in the order in which the records first name them.
  func profile() throws -> StatsProfile {
    try totals.profile(table: { FunctionTable(functions.functions, at: $0.map { Int($0.index) }) })
  }

  /// Adds a profile.
  ///
  /// - Throws: `CaptureError` for a figure that cannot be summed, which no store keeps.
  mutating func add(_ profile: StatsProfile) throws(CaptureError) {
    let columns = try IntegerColumns(profile)
    let edges = try IntegerColumns.edges(of: profile)
    let numbers = functions.numbers(of: profile.functionTable)
    // Functions that only call others have a number and no row.
    rowOfFunction += repeatElement(-1, count: functions.count - rowOfFunction.count)
    for (index, row) in profile.rows.enumerated() {
      let callee = numbers[Int(row.function)]
      add(columns[index], to: callee)
      for edge in row.edgeRange {
        add(
          edges[edge],
          isCountOnly: profile.edges[edge].isCountOnly,
          to: EdgeEnds(caller: numbers[Int(profile.edges[edge].caller)], callee: callee)
        )
      }
    }
  }

  private mutating func add(_ figures: FunctionTotals, to function: Int32) {
    let row = Int(rowOfFunction[Int(function)])
    if row >= 0 {
      totals.rows[row].figures.add(figures)
    } else {
      rowOfFunction[Int(function)] = Int32(totals.rows.count)
      totals.rows.append(.init(function: FunctionID(function), figures: figures))
    }
  }

  private mutating func add(_ figures: FunctionTotals, isCountOnly: Bool, to ends: EdgeEnds) {
    if let known = numberOfEdge[ends] {
      totals.edges[known].figures.add(figures)
      // For good: a sum that lacks the times of one capture is no time.
      if isCountOnly { totals.edges[known].isCountOnly = true }
    } else {
      numberOfEdge[ends] = totals.edges.count
      totals.edges.append(
        .init(
          caller: FunctionID(ends.caller),
          callee: FunctionID(ends.callee),
          figures: figures,
          isCountOnly: isCountOnly
        )
      )
    }
  }
}
