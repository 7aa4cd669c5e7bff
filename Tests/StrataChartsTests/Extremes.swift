// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Series that no honest program makes, and that must not break a picture.
enum Extremes {
  static let all = [
    series([]),
    series([[]]),
    series([[nil, nil, nil]]),
    series([[0, 0]]),
    series([[-5, 10, -7], [3, -20, nil]]),
    series([[-5, -6]]),
    series([[.max, .min, 0], [.max, .max, .max]]),
    series([[1, .max], [1, 1]]),
    series([[1]], every: .seconds(1 << 62)),
    series([[1, 2]], every: .zero),
    series([[1, 2]], every: .seconds(-1), start: .min),
    series([[1, 2, 3]], start: .max),
    series([[5, 6, 7]], metric: .selfTimePerCall, divisor: 0),
    series([[5, 6, 7]], metric: .cumulativeTimePerCall, divisor: -3),
    series([[5, nil, 7], [nil, nil, 1]], metric: .selfTime, statistic: .p95),
    series([[5, 1, 7], [2, 3, 1]], metric: .calls, statistic: .mean),
  ]

  private static func series(
    _ rows: [[Int128?]],
    metric: Metric = .selfTime,
    statistic: Statistic = .sum,
    every: Duration = .seconds(10),
    start: Int64 = 0,
    divisor: Int128 = 1
  ) -> SlicedSeries {
    func value(_ sum: Int128?) -> MetricValue? {
      guard let sum else { return nil }
      var value = MetricValue(sum)
      value.divisor = divisor
      return value
    }
    return SlicedSeries(
      metric: metric,
      statistic: statistic,
      every: every,
      grouping: .all,
      kind: nil,
      clock: nil,
      slices: (rows.map(\.count).max() ?? 0).times { index in
        .init(
          start: Timestamp(nanoseconds: start.addingReportingOverflow(Int64(index)).partialValue),
          captures: index == 0 ? .max : 1,
          total: value(rows.first?.first ?? nil),
          other: value(-1)
        )
      },
      // The last series has fewer values than there are slices.
      series: (rows + [[]]).map { row in
        .init(key: .all, values: row.map(value), total: value(row.first ?? nil))
      }
    )
  }
}

extension Int {
  fileprivate func times<Element>(_ make: (Int) -> Element) -> [Element] {
    (0..<self).map(make)
  }
}
