// SPDX-License-Identifier: Apache-2.0

import StrataCore

extension Figure {
  /// The column of a capture's functions that has the figure; empty where it is not one of functions.
  ///
  /// A figure of captures is found in their headers (``CaptureHeader/value(of:)``).
  var column: ProfileColumns {
    switch self {
    case .selfTime: .selfTimes
    case .cumulativeTime: .cumulativeTimes
    case .calls: .callCounts
    case .primitiveCalls: .primitiveCallCounts
    default: []
    }
  }
}

/// Where the sums of a metric are found: looked up once, and not for each of thousands of captures.
struct MetricSource {
  /// The column that is summed; empty where it is not of functions.
  let column: ProfileColumns
  /// The column that the sum is divided by; empty where it is not.
  let divisorColumn: ProfileColumns
  /// The figure of whole captures that is summed; nil where it is none.
  let figure: Figure?
  private let countsCaptures: Bool

  init(_ metric: Metric) {
    column = metric.figure.column
    divisorColumn = metric.per?.column ?? []
    figure = metric.figure.subject == .capture ? metric.figure : nil
    countsCaptures = metric.figure.subject == .count
  }

  /// All columns that the values need.
  var columns: ProfileColumns { column.union(divisorColumn) }

  /// What the captures of a sum took in all.
  func total(of sum: CaptureSums, _ rows: SeriesRows) -> Int128 {
    if figure != nil { return sum.figure?.sum ?? 0 }
    return countsCaptures ? Int128(sum.captures) : rows.total(of: sum.figures.values(of: column))
  }

  /// How many captures of a sum a mean divides by: those that have the figure.
  func divisor(of sum: CaptureSums) -> Int {
    figure == nil ? sum.captures : sum.figure?.captures ?? 0
  }
}
