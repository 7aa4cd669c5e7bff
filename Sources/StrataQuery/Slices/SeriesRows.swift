// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Where the functions that matter to a question are among the rows of a sum.
struct SeriesRows {
  /// The rows of functions that have a series of their own.
  fileprivate(set) var named: [Int32] = []
  /// The series of each of them.
  fileprivate(set) var series: [Int32] = []
  /// The rows of all functions that count; nil where every function does.
  fileprivate(set) var counted: [Int32]?
  /// How many rows there are.
  fileprivate var rowCount = 0

  /// The same rows in memory of their own, and no more of it than they take.
  fileprivate var copy: SeriesRows {
    // Array(named) would share its memory.
    SeriesRows(
      named: named.map(\.self),
      series: series.map(\.self),
      counted: counted.map { $0.map(\.self) },
      rowCount: rowCount
    )
  }

  /// The sum of a column over all functions that count.
  func total(of values: [Int64]) -> Int128 {
    guard let counted else { return HalvesSum(values).total }
    return HalvesSum(values, at: counted).total
  }
}

/// Finds the rows that matter, once for all sums of a shape.
struct SeriesRowFinder {
  /// How many rows are kept for later sums, at most 12 MB.
  private static let limit = 1_000_000

  private let countsAll: Bool
  /// The ranking of functions; nil where none has a name.
  private let ranking: SliceRanking?
  /// The series of each function by its number, or one of the words below.
  private var seriesOfFunction: [Int32] = []
  private var rowsOfShape: [Int32: SeriesRows] = [:]
  private var keptRows = 0
  /// The rows of the last sum: memory that is used again.
  private var spare = SeriesRows()

  private static let other: Int32 = -1
  private static let excluded: Int32 = -2
  /// Above all series, so that a search for those finds what is yet to be looked at as well.
  private static let unknown = Int32.max

  /// Creates a finder of series that were ranked; without a ranking none has a name.
  init(_ query: SliceQuery, ranking: SliceRanking? = nil) {
    countsAll = query.functions == nil
    self.ranking = query.groupsFunctions ? ranking : nil
  }

  /// The rows of a sum.
  mutating func rows(of sums: CaptureSums, _ grouper: inout SeriesGrouper) throws -> SeriesRows {
    if countsAll, ranking == nil { return SeriesRows() }
    guard let shape = sums.shape else {
      try find(sums.figures.functions, &grouper)
      return spare
    }
    if let known = rowsOfShape[shape] {
      guard known.rowCount == sums.figures.functions.count else {
        throw QueryError.inconsistentStore(
          reason: "a list of functions has \(known.rowCount) of them, and then "
            + "\(sums.figures.functions.count)"
        )
      }
      return known
    }
    try find(sums.figures.functions, &grouper)
    keptRows += spare.named.count + (spare.counted?.count ?? 0)
    if keptRows <= Self.limit { rowsOfShape[shape] = spare.copy }
    return spare
  }

  /// Fills the spare rows with those of some functions.
  private mutating func find(_ functions: [FunctionID], _ grouper: inout SeriesGrouper) throws {
    spare.rowCount = functions.count
    if !findNamed(functions) {
      try learn(functions, &grouper)
      _ = findNamed(functions)
    }
    guard !countsAll else { return }
    var counted = spare.counted.take() ?? []
    functions.rows(into: &counted) { seriesOfFunction[Int($0.index)] != Self.excluded }
    spare.counted = counted
  }

  /// Finds the rows that have series, and says whether all functions are known.
  private mutating func findNamed(_ functions: [FunctionID]) -> Bool {
    let known = seriesOfFunction
    functions.rows(into: &spare.named) {
      Int($0.index) >= known.count || known[Int($0.index)] >= 0
    }
    spare.series.removeAll(keepingCapacity: true)
    for row in spare.named {
      let function = Int(functions[Int(row)].index)
      guard function < known.count, known[function] != Self.unknown else { return false }
      spare.series.append(known[function])
    }
    return true
  }

  /// Looks up functions that are yet unknown.
  private mutating func learn(_ functions: [FunctionID], _ grouper: inout SeriesGrouper) throws {
    for function in functions {
      let index = Int(function.index)
      let missing = index + 1 - seriesOfFunction.count
      if missing > 0 {
        let count = max(missing, seriesOfFunction.count)
        seriesOfFunction += repeatElement(Self.unknown, count: count)
      }
      guard seriesOfFunction[index] == Self.unknown else { continue }
      seriesOfFunction[index] = series(of: try grouper.group(of: function))
    }
  }

  private func series(of group: Int32) -> Int32 {
    guard group >= 0 else { return Self.excluded }
    guard let ranking else { return Self.other }
    let series = ranking.series(of: group)
    return series == ranking.otherSeries ? Self.other : Int32(series)
  }
}

extension [FunctionID] {
  /// Finds the rows that match, in memory that is used again.
  ///
  /// Each row is written behind those found so far; whether it stays there is no branch.
  @inline(__always)
  fileprivate func rows(into found: inout [Int32], where matches: (FunctionID) -> Bool) {
    if found.count < count { found += repeatElement(0, count: count - found.count) }
    var matching = 0
    var rows = found.mutableSpan
    for row in indices {
      rows[matching] = Int32(truncatingIfNeeded: row)
      matching += matches(self[row]) ? 1 : 0
    }
    found.removeLast(found.count - matching)
  }
}
