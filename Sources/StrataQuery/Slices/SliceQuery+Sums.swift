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
    SumRequest(
      selection,
      columns: metric.column,
      labelKey: labelKey,
      resolution: resolution
    )
  }

  /// What the second pass needs: sums within the slices of a grid.
  func fillingRequest(_ grid: SliceGrid) -> SumRequest {
    SumRequest(
      selection,
      columns: metric.column.union(metric.divisorColumn),
      slicing: grid.slicing,
      labelKey: labelKey,
      resolution: resolution
    )
  }

  private var labelKey: String? {
    if case .label(let key) = grouping { key } else { nil }
  }

  /// Calls `body` with sums, and how often each of them counts: once, or a weight in millionths.
  ///
  /// Captures that count by their weights, or that are to be compared, come one by one in order.
  func forEachSum(
    in snapshot: any ProfileSnapshot,
    _ request: SumRequest,
    comparing: Bool = false,
    body: (_ sum: CaptureSums, _ factor: Int128) throws -> Void
  ) throws {
    guard comparing || isWeighted else {
      return try snapshot.forEachSum(request) { try body($0, 1) }
    }
    try snapshot.scan(request.selection, columns: request.columns) { capture in
      let factor = isWeighted ? Int128(capture.header.weight.millionths) : 1
      try body(CaptureSums(capture, labelKey: request.labelKey), factor)
    }
  }

  /// What a factor of "once" is.
  var unitFactor: Int128 {
    isWeighted ? Int128(Weight.one.millionths) : 1
  }

  /// What the captures of a sum took in all.
  func total(of sum: CaptureSums, _ rows: SeriesRows) -> Int128 {
    metric == .captures
      ? Int128(sum.captures) : rows.total(of: sum.figures.values(of: metric.column))
  }
}
