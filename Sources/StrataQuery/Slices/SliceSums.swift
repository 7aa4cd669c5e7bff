// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The second pass for sums, means and ratios: one cell for each slice and series.
struct SliceSums: SliceAccumulator {
  private let query: SliceQuery
  private let grid: SliceGrid
  private let ranking: SliceRanking
  /// The cells of one slice side by side; the last of them is `other`.
  private var sums: [Int128]
  /// What each cell is divided by, where cells differ in it; else empty.
  private var divisors: [Int128]
  /// What the captures of each slice count as.
  private var weights: [Int128]

  init(_ query: SliceQuery, _ grid: SliceGrid, _ ranking: SliceRanking) {
    (self.query, self.grid, self.ranking) = (query, grid, ranking)
    let cells = grid.count * (ranking.groups.count + 1)
    sums = Array(repeating: 0, count: cells)
    divisors = query.hasOwnDivisors ? sums : []
    weights = Array(repeating: 0, count: grid.count)
  }

  mutating func add(_ vectors: ProfileVectors, _ grouper: inout SeriesGrouper) throws {
    let slice = grid.index(of: vectors.header.start)
    let row = slice * (ranking.groups.count + 1)
    let factor = query.factor(of: vectors.header)
    weights[slice] += factor
    guard grouper.groupsFunctions else {
      return try addCapture(vectors, row: row, factor: factor, &grouper)
    }
    let values = vectors.figures.values(of: query.metric.column)
    let calls = vectors.figures.values(of: query.metric.divisorColumn)
    for (index, function) in vectors.figures.functions.enumerated() {
      let group = try grouper.group(of: function)
      guard group >= 0 else { continue }
      let cell = row + Int(ranking.seriesOfGroup[Int(group)])
      sums[cell] += Int128(values[index]) &* factor
      if !calls.isEmpty { divisors[cell] += Int128(calls[index]) &* factor }
    }
  }

  /// Adds a capture to the group that it is in as a whole.
  private mutating func addCapture(
    _ vectors: ProfileVectors,
    row: Int,
    factor: Int128,
    _ grouper: inout SeriesGrouper
  ) throws {
    let group = grouper.group(of: vectors.header.labels)
    let cell = row + Int(ranking.seriesOfGroup[Int(group)])
    if query.metric == .captures { sums[cell] += factor }
    if query.statistic == .mean, query.hasOwnDivisors { divisors[cell] += factor }
    let values = vectors.figures.values(of: query.metric.column)
    let calls = vectors.figures.values(of: query.metric.divisorColumn)
    for (index, value) in values.enumerated()
    where try grouper.group(of: vectors.figures.functions[index]) >= 0 {
      sums[cell] += Int128(value) &* factor
      if !calls.isEmpty { divisors[cell] += Int128(calls[index]) &* factor }
    }
  }

  // MARK: - Values

  func value(slice: Int, series: Int) -> MetricValue? {
    value(of: CollectionOfOne(slice * width + series), captures: weights[slice])
  }

  func total(slice: Int) -> MetricValue? {
    value(of: slice * width..<(slice + 1) * width, captures: weights[slice])
  }

  func total(series: Int) -> MetricValue? {
    value(
      of: stride(from: series, to: sums.count, by: width),
      captures: weights.reduce(0, +)
    )
  }

  private var width: Int { ranking.groups.count + 1 }

  /// The sum of cells, divided by what all of them are divided by.
  private func value(of cells: some Sequence<Int>, captures: Int128) -> MetricValue? {
    var sum: Int128 = 0
    var divisor: Int128 = 0
    for cell in cells {
      sum += sums[cell]
      if query.hasOwnDivisors { divisor += divisors[cell] }
    }
    if query.hasOwnDivisors { return MetricValue(sum, dividedBy: divisor) }
    return MetricValue(sum, dividedBy: query.statistic == .mean ? captures : query.unitFactor)
  }
}

extension SliceQuery {
  /// Whether series of one slice are divided by different numbers: their own calls, or the captures
  /// of their own label value.
  var hasOwnDivisors: Bool {
    if metric.isPerCall { return true }
    if case .label = grouping { return statistic == .mean }
    return false
  }
}
