// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// What a question asks a store for.
extension SliceQuery {
  /// Whether groups are made of functions, not of whole captures.
  var groupsFunctions: Bool {
    switch grouping {
    case .function, .file, .module: true
    case .label, .all: false
    }
  }

  /// Whether a slice compares its captures, so that no sum of several will do.
  var comparesCaptures: Bool {
    switch statistic {
    case .sum, .mean: false
    case .p50, .p95, .max: true
    }
  }

  /// What the first pass needs: anything that adds up to the whole.
  var rankingRequest: SumRequest {
    let source = MetricSource(metric)
    return SumRequest(
      selection,
      columns: source.column,
      figure: source.figure,
      labelKey: labelKey,
      resolution: resolution
    )
  }

  /// What the second pass needs: sums within the slices of a grid.
  func fillingRequest(_ grid: SliceGrid) -> SumRequest {
    let source = MetricSource(metric)
    return SumRequest(
      selection,
      columns: source.columns,
      figure: source.figure,
      slicing: grid.slicing,
      labelKey: labelKey,
      resolution: resolution
    )
  }

  private var labelKey: String? {
    if case .label(let key) = grouping { key } else { nil }
  }

  /// What a factor of "once" is.
  var unitFactor: Int128 {
    isWeighted ? Int128(Weight.one.millionths) : 1
  }
}

/// The sums that answer a question, looked at before anything is made of them.
struct SliceSource {
  let query: SliceQuery
  let view: any StoreView
  /// The captures that the question is about.
  let survey: CaptureSurvey

  /// Calls `body` with sums, and how often each of them counts: once, or a weight in millionths.
  ///
  /// Captures that count by their weights, or that are to be compared, come one by one in order.
  ///
  /// - Throws: ``QueryError/inconsistentStore(reason:)`` unless the sums hold as many captures as
  ///   the survey found, and ``QueryError/weightedSumTooLarge(start:labels:)``.
  func forEachSum(
    _ request: SumRequest,
    comparing: Bool = false,
    body: (_ sum: CaptureSums, _ factor: Int128) throws -> Void
  ) async throws {
    var request = request
    request.selection = survey.selection(request.selection, in: view)
    var count = CaptureCount(of: survey, isFinal: view.isSnapshot)
    if comparing || query.isWeighted {
      var bound = WeightedBound(MetricSource(query.metric))
      try await view.scan(request.selection, columns: request.columns) { capture in
        let sum = CaptureSums(capture, request)
        try count.add(sum, request)
        let factor = query.isWeighted ? Int128(capture.header.weight.millionths) : 1
        if query.isWeighted { try bound.add(capture, times: factor) }
        try body(sum, factor)
      }
    } else {
      try await view.forEachSum(request) { sum in
        try count.add(sum, request)
        try body(sum, 1)
      }
    }
    try count.finish()
  }
}
