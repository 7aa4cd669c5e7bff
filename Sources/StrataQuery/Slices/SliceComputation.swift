// SPDX-License-Identifier: Apache-2.0

public import StrataCore

extension ProfileStore {
  /// Sums captures over slices of time, series by series.
  ///
  /// Two passes: the first ranks the groups, the second fills one cell per slice and series, so
  /// that memory grows with what is shown and not with what is stored. Where both would read the
  /// same, one does for most questions.
  ///
  /// - Throws: ``QueryError`` where the question has no honest answer, or the store's own error.
  /// - Complexity: O(*n*) in the functions of all captures selected, or of the sums that the store
  ///   keeps of them; memory is O(slices × series).
  public func slices(_ query: SliceQuery) async throws -> SlicedSeries {
    try query.validate()
    return try await ask { view in
      let survey = try await view.survey(query.selection, longestExpected: query.every)
      try survey.checkSummable()
      if query.statistic != .sum { try survey.checkCoversCalls() }
      let source = SliceSource(query: query, view: view, survey: survey)
      let grid = try SliceGrid(query, over: survey)
      return try await SliceComputation(source: source, grid: grid).result()
    }
  }
}

/// Something that the second pass adds sums to, and that answers with values.
protocol SliceAccumulator {
  mutating func add(
    _ sum: CaptureSums,
    times factor: Int128,
    _ grouper: inout SeriesGrouper
  ) throws
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

  let source: SliceSource
  let grid: SliceGrid
  private var query: SliceQuery { source.query }
  private var survey: CaptureSurvey { source.survey }

  init(source: SliceSource, grid: SliceGrid) {
    (self.source, self.grid) = (source, grid)
  }

  func result() async throws -> SlicedSeries {
    if let result = try await resultOfSinglePass() { return result }
    return try await resultOfTwoPasses()
  }

  /// The result if one pass finds it.
  func resultOfSinglePass(sampleRows: Int = SinglePass.sampleRows) async throws -> SlicedSeries? {
    guard let pass = SinglePass(query, grid, survey, sampleRows: sampleRows) else { return nil }
    var grouper = try await SeriesGrouper(query, in: source.view)
    guard let found = try await pass.run(over: source, &grouper) else { return nil }
    return try series(found.sums, found.ranking, &grouper, Filling(captures: found.captures))
  }

  func resultOfTwoPasses() async throws -> SlicedSeries {
    var grouper = try await SeriesGrouper(query, in: source.view)
    let ranking = try await SliceRanking(source, &grouper)
    // `other` and the total have a value in each slice, too.
    let count = (ranking.groups.count + 2) * grid.count
    guard count <= Self.maximumValues else {
      throw QueryError.tooManyValues(count: count, limit: Self.maximumValues)
    }
    switch query.statistic {
    case .sum, .mean:
      var sums = SliceSums(query, grid, ranking)
      let filling = try await fill(&sums, &grouper)
      return try series(sums, ranking, &grouper, filling)
    case .p50, .p95, .max:
      var distributions = SliceDistributions(query, grid, ranking)
      let filling = try await fill(&distributions, &grouper)
      distributions.finish()
      return try series(distributions, ranking, &grouper, filling)
    }
  }

  /// What the last pass counted besides the values.
  private struct Filling {
    /// How many captures started in each slice.
    var captures: [Int]
    /// How many captures lack the figure that is asked for.
    var capturesWithoutFigure = 0
  }

  /// Adds all sums, and counts their captures.
  private func fill(
    _ accumulator: inout some SliceAccumulator,
    _ grouper: inout SeriesGrouper
  ) async throws -> Filling {
    let metric = MetricSource(query.metric)
    var filling = Filling(captures: Array(repeating: 0, count: grid.count))
    try await source.forEachSum(
      query.fillingRequest(grid),
      comparing: query.comparesCaptures
    ) { sum, factor in
      // A sum crosses no slice: where its first capture is, there are all.
      filling.captures[try grid.index(of: sum.first)] += sum.captures
      filling.capturesWithoutFigure += sum.captures - metric.divisor(of: sum)
      try accumulator.add(sum, times: factor, &grouper)
    }
    return filling
  }

  private func series(
    _ accumulator: some SliceAccumulator,
    _ ranking: SliceRanking,
    _ grouper: inout SeriesGrouper,
    _ filling: Filling
  ) throws -> SlicedSeries {
    let keys = try ranking.groups.map { try grouper.key(of: $0) }
    return SlicedSeries(
      metric: query.metric,
      statistic: query.statistic,
      every: query.every,
      alignment: query.alignment,
      grouping: query.grouping,
      kind: survey.kind,
      clock: survey.clock,
      isWeighted: query.isWeighted,
      slices: filling.captures.enumerated().map { index, count in
        SlicedSeries.Slice(
          start: grid.start(of: index),
          captures: count,
          isPartial: grid.isPartial(index, query.selection, survey),
          total: accumulator.total(slice: index),
          other: accumulator.value(slice: index, series: ranking.otherSeries)
        )
      },
      series: keys.enumerated().map { series, key in
        SlicedSeries.Series(
          key: key,
          values: (0..<grid.count).map { accumulator.value(slice: $0, series: series) },
          total: accumulator.total(series: series)
        )
      },
      otherCount: ranking.otherCount,
      warnings: warnings(filling)
    )
  }

  private func warnings(_ filling: Filling) -> [Warning] {
    var warnings: [Warning] = []
    // The time of a callee is in that of its caller: a stack of both is higher than the time.
    if !query.metric.figure.addsUp, !query.metric.isPerCall, query.grouping == .function {
      warnings.append(.layersOverlap)
    }
    if filling.capturesWithoutFigure > 0 {
      let captures = filling.captures.reduce(0, +)
      warnings.append(
        .figureUnknown(query.metric.figure, captures: filling.capturesWithoutFigure, of: captures)
      )
    }
    if survey.longCaptures > 0 {
      warnings.append(.longerThanSlice(captures: survey.longCaptures, of: survey.captures))
    }
    if query.statistic != .sum, let warning = survey.coverageWarning { warnings.append(warning) }
    if survey.kind == .sampled { warnings.append(.sampled) }
    if survey.kind == .rounded { warnings.append(.rounded) }
    if query.isWeighted { warnings.append(.estimatedByWeight) }
    return warnings
  }
}
