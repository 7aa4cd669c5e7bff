// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery

extension StoreConformance {
  /// Figures of whole captures, which some captures lack, against a plain loop.
  static let figures = [
    StoreConformance("durations are summed over the captures that have one, slice by slice") {
      store in
      let records = try await store.insertSummable()
      for grouping in [Grouping.all, .label("endpoint")] {
        for statistic in Statistic.allCases {
          for width in [60, 1_800, 86_400] as [Int64] {
            try await expectDurations(statistic, grouping, width, of: records, in: store)
          }
        }
      }
    },
    StoreConformance("captures without a duration are counted, and said to be left out") { store in
      let records = try await store.insertSummable()
      let missing = records.count { $0.duration == nil }
      let expected = Warning.figureUnknown(.duration, captures: missing, of: records.count)
      for statistic in Statistic.allCases {
        let query = SliceQuery(
          metric: .duration,
          statistic: statistic,
          every: .seconds(3_600),
          grouping: .all
        )
        let warnings = try await store.slices(query).warnings
        try expectEqual(warnings.filter { $0.code == .figureUnknown }, [expected], "warnings")
      }
      let query = SliceQuery(metric: .captures, every: .seconds(3_600), grouping: .all)
      let others = try await store.slices(query).warnings
      try expectEqual(others.filter { $0.code == .figureUnknown }, [], "warnings of captures")
    },
  ]

  private static func expectDurations(
    _ statistic: Statistic,
    _ grouping: Grouping,
    _ width: Int64,
    of records: [Capture],
    in store: any ProfileStore
  ) async throws {
    let query = SliceQuery(
      metric: .duration,
      statistic: statistic,
      every: .seconds(width),
      grouping: grouping
    )
    let result = try await store.slices(query)
    for (index, slice) in result.slices.enumerated() {
      let inside = records.filter {
        let distance = $0.start.nanoseconds - slice.start.nanoseconds
        return distance >= 0 && distance < width * 1_000_000_000
      }
      try expectEqual(slice.captures, inside.count, "captures of \(slice.start) of \(query)")
      let total = value(statistic, of: inside)
      try expectEqual(slice.total?.double, total, "the total of \(slice.start) of \(query)")
      for series in result.series {
        var own = inside
        if case .label(let key, let value) = series.key {
          own = inside.filter { $0.labels[key] == value }
        }
        let what = "\(series.key) at \(slice.start) of \(query)"
        try expectEqual(series.values[index]?.double, value(statistic, of: own), what)
      }
    }
  }

  private static func value(_ statistic: Statistic, of records: [Capture]) -> Double? {
    let durations = records.compactMap {
      $0.duration.map { Double($0.components.attoseconds) / 1e9 }
    }
    .sorted()
    func ranked(_ percent: Int) -> Double? {
      durations.isEmpty ? nil : durations[max(1, (durations.count * percent + 99) / 100) - 1]
    }
    let sum = durations.reduce(0, +)
    return switch statistic {
    // Where no capture has a duration, nothing is known.
    case .sum: durations.isEmpty && !records.isEmpty ? nil : sum
    case .mean: durations.isEmpty ? nil : sum / Double(durations.count)
    case .p50: ranked(50)
    case .p95: ranked(95)
    case .max: ranked(100)
    }
  }
}
