// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting

/// Four captures whose sums can be checked by hand: two in the first slice of 10 ns, one in each of
/// the next two.
enum HandMade {
  static let f = Function.at("/lib/a.py", 1, "f")
  static let g = Function.at("/lib/a.py", 2, "g")
  static let h = Function.at("/x/b.py", 3, "h")

  static let records: [Capture] = [
    .capture(
      at: 0,
      labels: ["host": "a"],
      [
        Cost(f, calls: 2, primitiveCalls: 1, selfTime: 10, cumulativeTime: 30),
        Cost(g, calls: 4, selfTime: 20),
      ]
    ),
    .capture(at: 5, labels: ["host": "b"], [Cost(f, calls: 3, selfTime: 6)]),
    .capture(
      at: 10,
      labels: ["host": "a"],
      weight: Weight(decimal: "2.5") ?? .one,
      [Cost(g, selfTime: 100)]
    ),
    .capture(
      at: 29,
      [Cost(f, selfTime: 1, cumulativeTime: 2), Cost(h, calls: 0, selfTime: 0, cumulativeTime: 5)]
    ),
  ]

  static func slices(
    _ metric: Metric,
    _ statistic: Statistic = .sum,
    by grouping: Grouping = .function,
    top: Int? = nil,
    isWeighted: Bool = false,
    stripsDirectories: Bool = false
  ) async throws -> SlicedSeries {
    let query = SliceQuery(
      metric: metric,
      statistic: statistic,
      every: .nanoseconds(10),
      grouping: grouping,
      stripsDirectories: stripsDirectories,
      top: top,
      isWeighted: isWeighted
    )
    return try await MemoryStore(records).slices(query)
  }
}

/// One row of a result in a line: the name, the values, and the value over the whole range.
struct Line: Equatable, Sendable, CustomStringConvertible {
  var description: String

  init(_ name: String, _ values: [Double?], _ total: Double?) {
    let texts = (values + [total]).map { value in value.map { "\($0)" } ?? "-" }
    description = "\(name): " + texts.joined(separator: " ")
  }

  init(_ series: SlicedSeries.Series) {
    self.init(series.key.description, series.values.map { $0?.double }, series.total?.double)
  }
}

extension SlicedSeries {
  var lines: [Line] { series.map { Line($0) } }
  var totals: [Double?] { slices.map { $0.total?.double } }
  var others: [Double?] { slices.map { $0.other?.double } }
  var starts: [Int64] { slices.map(\.start.nanoseconds) }
}
