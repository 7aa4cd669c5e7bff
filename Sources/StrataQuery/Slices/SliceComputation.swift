// SPDX-License-Identifier: Apache-2.0

public import StrataCore

extension ProfileStore {
  /// Sums captures over slices of time, series by series.
  ///
  /// Two passes: the first ranks the groups, the second fills one cell per slice and series, so
  /// that memory grows with what is shown and not with what is stored.
  ///
  /// - Throws: ``QueryError`` where the question has no honest answer, or the store's own error.
  /// - Complexity: O(*n*) in the functions of all captures selected; memory is O(slices × series).
  public func slices(_ query: SliceQuery) throws -> SlicedSeries {
    try query.validate()
    return try read { snapshot in
      let survey = try snapshot.survey(query.selection, longestExpected: query.every)
      try survey.checkSummable()
      return try SliceComputation(
        query: query,
        snapshot: snapshot,
        survey: survey,
        grid: SliceGrid(query, over: survey)
      ).result()
    }
  }
}

/// Something that the second pass adds captures to, and that answers with values.
protocol SliceAccumulator {
  mutating func add(_ vectors: ProfileVectors, _ grouper: inout SeriesGrouper) throws
  /// The value of a series, or of `other`, in a slice.
  func value(slice: Int, series: Int) -> MetricValue?
  /// The value of everything in a slice.
  func total(slice: Int) -> MetricValue?
  /// The value of a series over the whole range.
  func total(series: Int) -> MetricValue?
}

/// The road from a question to its answer.
struct SliceComputation {
  /// How many values a result may have.
  static let maximumValues = 4_000_000

  let query: SliceQuery
  let snapshot: any ProfileSnapshot
  let survey: CaptureSurvey
  let grid: SliceGrid

  func result() throws -> SlicedSeries {
    var grouper = SeriesGrouper(query, in: snapshot)
    let ranking = try SliceRanking(query, in: snapshot, &grouper)
    let count = (ranking.groups.count + 2) * grid.count
    guard count <= Self.maximumValues else {
      throw QueryError.tooManyValues(count: count, limit: Self.maximumValues)
    }
    switch query.statistic {
    case .sum, .mean:
      var sums = SliceSums(query, grid, ranking)
      let captures = try fill(&sums, &grouper)
      return series(sums, ranking, grouper.keys, captures)
    case .p50, .p95, .max:
      var distributions = SliceDistributions(query, grid, ranking)
      let captures = try fill(&distributions, &grouper)
      distributions.finish()
      return series(distributions, ranking, grouper.keys, captures)
    }
  }

  /// Adds every capture, and returns how many started in each slice.
  private func fill(
    _ accumulator: inout some SliceAccumulator,
    _ grouper: inout SeriesGrouper
  ) throws -> [Int] {
    var captures = Array(repeating: 0, count: grid.count)
    let columns = query.metric.column.union(query.metric.divisorColumn)
    try snapshot.scan(query.selection, columns: columns) { vectors in
      captures[grid.index(of: vectors.header.start)] += 1
      try accumulator.add(vectors, &grouper)
    }
    return captures
  }

  private func series(
    _ accumulator: some SliceAccumulator,
    _ ranking: SliceRanking,
    _ keys: [SeriesKey],
    _ captures: [Int]
  ) -> SlicedSeries {
    SlicedSeries(
      metric: query.metric,
      statistic: query.statistic,
      every: query.every,
      alignment: query.alignment,
      groupBy: query.grouping.description,
      kind: survey.kind,
      clock: survey.clock,
      isWeighted: query.isWeighted,
      slices: captures.enumerated().map { index, count in
        SlicedSeries.Slice(
          start: grid.start(of: index),
          captures: count,
          isPartial: grid.isPartial(index, query.selection, survey),
          total: accumulator.total(slice: index),
          other: accumulator.value(slice: index, series: ranking.otherSeries)
        )
      },
      series: ranking.groups.enumerated().map { series, group in
        SlicedSeries.Series(
          key: keys[Int(group)],
          values: (0..<grid.count).map { accumulator.value(slice: $0, series: series) },
          total: accumulator.total(series: series)
        )
      },
      otherCount: ranking.otherCount,
      warnings: warnings
    )
  }

  private var warnings: [String] {
    var warnings: [String] = []
    if query.metric == .cumulativeTime, query.grouping == .function {
      warnings.append(SlicedSeries.overlapSentence)
    }
    if survey.longCaptures > 0 {
      warnings.append(
        "\(survey.longCaptures) of \(survey.captures) captures lasted longer than a slice: "
          + "each counts in the slice in which it started"
      )
    }
    if survey.kind == .sampled {
      warnings.append("the figures are estimates from samples: calls are numbers of samples")
    }
    if survey.kind == .rounded {
      warnings.append("the figures were rounded before they were stored: sums carry the error")
    }
    if query.isWeighted {
      warnings.append("values are estimates: each capture counts as often as its weight says")
    }
    return warnings
  }
}

extension SlicedSeries {
  /// What must stand with a stack of cumulative times.
  public static let overlapSentence =
    "the layers of cumulative time overlap: each second counts once in every function on the stack, "
    + "so the height of a bar is no measured time (self time is)"
}
