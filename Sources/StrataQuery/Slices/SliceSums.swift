// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The second pass for sums, means and ratios: one cell for each slice and series.
struct SliceSums: SliceAccumulator {
  private let query: SliceQuery
  private let metric: MetricSource
  // Asked once: a cell is read for each slice and series, and a metric is more than a number.
  private let (isPerCall, dividesCells, hasOwnDivisors, hasFigure): (Bool, Bool, Bool, Bool)
  private let grid: SliceGrid
  private let ranking: SliceRanking
  private var finder: SeriesRowFinder
  /// The cells of one slice side by side; the last of them is `other`.
  private var sums: [Int128]
  /// What each cell is divided by, where cells differ in it; else empty.
  private var divisors: [Int128]
  /// Whether a cell has captures without the figure that is asked for; empty where all have it.
  private var lacksFigure: [Bool]
  /// What the captures of each slice count as.
  private var weights: [Int128]

  init(_ query: SliceQuery, _ grid: SliceGrid, _ ranking: SliceRanking) {
    (self.query, self.grid, self.ranking) = (query, grid, ranking)
    metric = MetricSource(query.metric)
    (isPerCall, hasFigure) = (query.metric.isPerCall, metric.figure != nil)
    (dividesCells, hasOwnDivisors) = (query.dividesCells, query.hasOwnDivisors)
    finder = SeriesRowFinder(query, ranking: ranking)
    let cells = grid.count * (ranking.groups.count + 1)
    sums = Array(repeating: 0, count: cells)
    divisors = hasOwnDivisors ? sums : []
    lacksFigure = !hasFigure ? [] : Array(repeating: false, count: cells)
    weights = Array(repeating: 0, count: grid.count)
  }

  mutating func add(
    _ sum: CaptureSums,
    times factor: Int128,
    _ grouper: inout SeriesGrouper
  ) throws {
    let slice = try grid.index(of: sum.first)
    weights[slice] += Int128(sum.captures) * factor
    let rows = try finder.rows(of: sum, &grouper)
    let rest =
      query.groupsFunctions
      ? ranking.otherSeries : ranking.series(of: grouper.group(ofCapturesWith: sum.labelValue))
    let cells = Cells(slice: slice * width, rest: slice * width + rest, factor: factor)
    let values = sum.figures.values(of: metric.column)
    cells.add(values, metric.total(of: sum, rows), rows, to: &sums)
    if isPerCall {
      let calls = sum.figures.values(of: metric.divisorColumn)
      cells.add(calls, rows.total(of: calls), rows, to: &divisors)
    } else if hasOwnDivisors {
      let divisor = metric.divisor(of: sum)
      divisors[cells.rest] += Int128(divisor) * factor
      if hasFigure, divisor < sum.captures { lacksFigure[cells.rest] = true }
    }
  }

  /// Where a sum belongs, and how often it counts.
  private struct Cells {
    /// The first cell of the slice.
    let slice: Int
    /// The cell of all that has none of its own.
    let rest: Int
    let factor: Int128

    /// Adds the rows of series to their cells, and the remainder of the total to the rest.
    ///
    /// So the many rows of `other` are added up with all others, and none of them is looked at.
    func add(_ values: [Int64], _ total: Int128, _ rows: SeriesRows, to cells: inout [Int128]) {
      var left = total
      var cells = cells.mutableSpan
      for (index, row) in rows.named.enumerated() {
        let value = Int128(values[Int(row)])
        left -= value
        // WeightedBound has checked the total: another check would cost a call.
        cells[slice + Int(rows.series[index])] += factor == 1 ? value : value &* factor
      }
      cells[rest] += left * factor
    }
  }

  /// The same sums with the series of another ranking; nil if one of them has no cells.
  func narrowed(to ranking: SliceRanking) -> SliceSums? {
    let series = ranking.groups.map { self.ranking.series(of: $0) }
    guard !series.contains(self.ranking.otherSeries) else { return nil }
    var narrowed = SliceSums(query, grid, ranking)
    narrowed.weights = weights
    narrowed.sums = self.narrowed(sums, to: series)
    if hasOwnDivisors { narrowed.divisors = self.narrowed(divisors, to: series) }
    return narrowed
  }

  /// The cells of some series, slice by slice; what the others have goes to the last one.
  private func narrowed(_ cells: [Int128], to series: [Int]) -> [Int128] {
    (0..<grid.count).flatMap { slice in
      let row = cells[slice * width..<(slice + 1) * width]
      let kept = series.map { row[row.startIndex + $0] }
      return kept + [row.reduce(0, +) - kept.reduce(0, +)]
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
    var lacksFigure = false
    for cell in cells {
      sum += sums[cell]
      if hasOwnDivisors { divisor += divisors[cell] }
      if hasFigure, self.lacksFigure[cell] { lacksFigure = true }
    }
    // Where no capture has the figure, nothing is known: 0 would say that captures took none.
    if lacksFigure, divisor == 0 { return nil }
    if dividesCells { return MetricValue(sum, dividedBy: divisor) }
    return MetricValue(sum, dividedBy: query.statistic == .mean ? captures : query.unitFactor)
  }
}

extension SliceQuery {
  /// Whether series of one slice are divided by different numbers: their own calls, the captures of
  /// their own label value, or those that have a figure.
  var dividesCells: Bool {
    if metric.isPerCall { return true }
    return statistic == .mean && (grouping.labelKey != nil || metric.figure.subject == .capture)
  }

  /// Whether such numbers are counted: also where they only show that a figure is known at all.
  var hasOwnDivisors: Bool { dividesCells || metric.figure.subject == .capture }
}
