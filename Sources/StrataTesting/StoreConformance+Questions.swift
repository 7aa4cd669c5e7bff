// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery

extension StoreConformance {
  /// Every store gives the answers of the store in memory, which answers by one simple pass.
  static let questions = [
    StoreConformance("slices are those of the store in memory") { store in
      let reference = try await filled(store)
      for query in sliceQueries {
        let expected = try await reference.slices(query)
        try await expectEqual(try store.slices(query), expected, "the answer to \(query)")
        guard [.sum, .mean].contains(query.statistic), query.top == 3 else { continue }
        var alone = query
        alone.resolution = .captures
        try await expectEqual(try store.slices(alone), expected, "the answer to \(alone)")
      }
    },
    StoreConformance("an explanation tells how many captures and slices there are") { store in
      let reference = try await filled(store)
      for query in sliceQueries where query.top == 3 {
        let (explanation, result) = (
          try await store.explain(query), try await reference.slices(query)
        )
        let captures = result.slices.reduce(0) { $0 + $1.captures }
        try expectEqual(explanation.survey.captures, captures, "captures")
        try expectEqual(explanation.sliceCount, result.slices.count, "slices")
        for plan in [explanation.ranking, explanation.filling].compactMap(\.self) {
          try expectEqual(plan.steps.reduce(0) { $0 + $1.captures }, captures, "captures planned")
        }
      }
    },
    StoreConformance("comparisons are those of the store in memory") { store in
      let reference = try await filled(store)
      let middle = Timestamp(nanoseconds: 1_767_603_600_000_000_000 + 30 * 60_000_000_000)
      var query = ComparisonQuery(before: selection, after: selection)
      (query.before.until, query.after.since) = (middle, middle)
      for resolution in [SumRequest.Resolution.any, .captures] {
        query.resolution = resolution
        let expected = try await reference.comparison(query)
        try await expectEqual(try store.comparison(query), expected, "the answer to \(query)")
      }
    },
    StoreConformance("inputs are those of the store in memory") { store in
      let reference = try await filled(store)
      for query in [InputQuery(), InputQuery(keys: ["endpoint", "absent"], topFunctions: 3)] {
        var query = query
        query.selection = selection
        try await expectEqual(
          try store.inputs(query),
          try reference.inputs(query),
          "the answer to \(query)"
        )
      }
    },
    StoreConformance("mixed kinds are refused") { store in
      var random = RandomRecords(seed: 5)
      var records = [random.record(0, .nanoseconds), random.record(1, .nanoseconds)]
      records[0].kind = .sampled
      records[1].kind = .traced
      records[1].clock = records[0].clock
      _ = try await store.insert(records)
      do {
        _ = try await store.slices(SliceQuery(every: .seconds(10)))
        throw ConformanceFailure(description: "a sum over two kinds was not refused")
      } catch QueryError.mixedKinds(let kinds) {
        try expectEqual(kinds, [.traced, .sampled], "the kinds that were met")
      }
    },
  ]

  private static let selection = ProfileSelection(kind: .traced, clock: .wall)

  /// Puts the same records into a store and into one in memory.
  private static func filled(_ store: any ProfileStore) async throws -> MemoryStore {
    var random = RandomRecords(seed: 99)
    let records = (0..<60).map { number in
      var record = random.record((number * 37) % 60, .nanoseconds)
      record.labels["endpoint"] = number % 3 == 0 ? nil : "/\(number % 4)"
      if number % 4 != 0 { (record.kind, record.clock) = (.traced, .wall) }
      return record
    }
    _ = try await store.insert(records)
    return try MemoryStore(records)
  }

  /// One question for each metric, statistic and grouping that go together.
  private static let sliceQueries: [SliceQuery] = {
    var queries: [SliceQuery] = []
    for metric in Metric.allCases {
      for statistic in Statistic.allCases {
        for grouping in [.function, .file, .module, .label("endpoint"), .all]
          as [Grouping]
        {
          for top in [nil, 0, 3] as [Int?] {
            let query = SliceQuery(
              selection,
              metric: metric,
              statistic: statistic,
              every: top == nil ? .seconds(600) : .seconds(7),
              alignment: top == 3 ? .first : .epoch,
              grouping: grouping,
              stripsDirectories: top == 0,
              top: top,
              isWeighted: top == 3 && statistic == .mean
            )
            if query.isMeaningful { queries.append(query) }
          }
        }
      }
    }
    return queries
  }()
}

extension SliceQuery {
  /// Whether an empty store answers the question: what has no meaning is refused at once.
  fileprivate var isMeaningful: Bool {
    (try? validate()) != nil
  }
}
