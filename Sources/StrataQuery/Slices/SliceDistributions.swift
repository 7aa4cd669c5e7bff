// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The second pass for medians, percentiles and maxima: the value of each single capture counts.
///
/// Captures come in order of start, so the values of one slice are the end of a growing list.
/// A function that a capture does not name took no time in it: zeros are counted, not kept.
struct SliceDistributions: SliceAccumulator {
  private let query: SliceQuery
  private let metric: MetricSource
  private let grid: SliceGrid
  private let ranking: SliceRanking
  /// For each series, `other` and the total: the values that are not zero.
  private var values: [[Int128]]
  /// How many captures could have a value, for each of them.
  private var captures: [Int]
  /// Where the values, and the captures, of the open slice begin.
  private var firstValue: [Int]
  private var firstCapture: [Int]
  private var openSlice = 0
  private var finished: [MetricValue?]
  /// The sums of the capture that is being read.
  private var current: [Int128]

  init(_ query: SliceQuery, _ grid: SliceGrid, _ ranking: SliceRanking) {
    (self.query, self.grid, self.ranking) = (query, grid, ranking)
    metric = MetricSource(query.metric)
    let width = ranking.groups.count + 2
    values = Array(repeating: [], count: width)
    captures = Array(repeating: 0, count: width)
    firstValue = captures
    firstCapture = captures
    current = Array(repeating: 0, count: width)
    finished = Array(repeating: nil, count: grid.count * width)
  }

  mutating func add(
    _ capture: CaptureSums,
    times factor: Int128,
    _ grouper: inout SeriesGrouper
  ) throws {
    let slice = try grid.index(of: capture.first)
    guard slice >= openSlice else {
      throw QueryError.inconsistentStore(
        reason: "captures come out of order, at \(capture.first.iso8601)"
      )
    }
    if slice > openSlice { closeSlice(next: slice) }
    let whole = query.groupsFunctions ? nil : grouper.group(ofCapturesWith: capture.labelValue)
    if let figure = capture.figure, let whole {
      // A capture without the figure is none of those that are compared.
      guard figure.captures > 0 else { return }
      current[ranking.series(of: whole)] += figure.sum
      current[total] += figure.sum
    }
    for (index, value) in capture.figures.values(of: metric.column).enumerated() {
      let group = try grouper.group(of: capture.figures.functions[index])
      guard group >= 0 else { continue }
      current[ranking.series(of: whole ?? group)] += Int128(value)
      current[total] += Int128(value)
    }
    // Each capture has a value in each series of functions: 0 where it took no time there. Where
    // whole captures are grouped, it is in one series, and in the total.
    for series in current.indices
    where series == total || whole.map({ ranking.series(of: $0) == series }) ?? true {
      captures[series] += 1
      if current[series] != 0 { values[series].append(current[series]) }
      current[series] = 0
    }
  }

  /// Computes the values of the last slice; nothing can be added after it.
  mutating func finish() {
    closeSlice(next: grid.count)
  }

  private var total: Int { ranking.groups.count + 1 }

  private mutating func closeSlice(next: Int) {
    guard openSlice < grid.count else { return }
    for series in values.indices {
      finished[openSlice * values.count + series] = statistic(
        of: values[series][firstValue[series]...],
        among: captures[series] - firstCapture[series]
      )
      firstValue[series] = values[series].count
      firstCapture[series] = captures[series]
    }
    openSlice = next
  }

  // MARK: - Values

  func value(slice: Int, series: Int) -> MetricValue? {
    finished[slice * values.count + series]
  }

  func total(slice: Int) -> MetricValue? {
    value(slice: slice, series: total)
  }

  func total(series: Int) -> MetricValue? {
    statistic(of: values[series][...], among: captures[series])
  }

  private func statistic(of values: ArraySlice<Int128>, among captures: Int) -> MetricValue? {
    let sorted = SortedCaptures(nonzero: values, captures: captures)
    let value =
      switch query.statistic {
      case .p50: sorted.percentile(50)
      case .p95: sorted.percentile(95)
      case .max, .sum, .mean: sorted.percentile(100)
      }
    return value.map { MetricValue($0) }
  }
}

/// The values of captures in order, zeros left out but counted.
struct SortedCaptures {
  private let nonzero: [Int128]
  private let captures: Int
  private let negatives: Int

  init(nonzero: some Sequence<Int128>, captures: Int) {
    self.nonzero = nonzero.sorted()
    self.captures = captures
    self.negatives = self.nonzero.firstIndex { $0 > 0 } ?? self.nonzero.count
  }

  /// The smallest value that at least `percent` % of the captures do not exceed (nearest rank);
  /// nil without captures.
  func percentile(_ percent: Int) -> Int128? {
    guard captures > 0 else { return nil }
    let rank = max(1, (captures * percent + 99) / 100)
    let zeros = captures - nonzero.count
    if rank <= negatives { return nonzero[rank - 1] }
    if rank <= negatives + zeros { return 0 }
    return nonzero[rank - 1 - zeros]
  }
}
