// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery

extension StoreConformance {
  /// What captures cover: kept, and looked at where a figure is to be that of one call.
  static let coverage = [
    StoreConformance("a capture of a slice of time is known as one, and so is one of unknown kind")
    {
      store in
      let records = coverageRecords([.call, .slice, .unknown])
      _ = try await store.insert(records)
      let found = try await store.read { snapshot -> [Coverage] in
        var found: [Coverage] = []
        try await snapshot.forEachCapture(.all) { found.append($0.covers) }
        try await snapshot.scan(.all, columns: []) { found.append($0.header.covers) }
        return found
      }
      let expected: [Coverage] = [.call, .slice, .unknown, .call, .slice, .unknown]
      try expectEqual(found, expected, "coverage")
      let survey = try await store.read { try await $0.survey(.all, longestExpected: nil) }
      try expectEqual(survey.slices, 1, "slices")
      try expectEqual(survey.unknownCoverage, 1, "captures of unknown coverage")
    },
    StoreConformance("questions about single calls refuse captures that cover slices") { store in
      // Enough of them that a store adds them up.
      _ = try await store.insert(coverageRecords(Array(repeating: .call, count: 30) + [.slice]))
      let refusal = QueryError.capturesOfSlices(count: 1, of: 31)
      for statistic in Statistic.allCases where statistic != .sum {
        let query = SliceQuery(statistic: statistic, every: .seconds(60))
        try await expectThrows(refusal) { _ = try await store.slices(query) }
      }
      try await expectThrows(refusal) { _ = try await store.inputs(InputQuery()) }
      let sums = try await store.slices(
        SliceQuery(metric: .captures, every: .seconds(60), grouping: .all)
      )
      try expectEqual(sums.slices.map(\.captures).reduce(0, +), 31, "captures in sums")
      // Those of a condition that leaves it out are all calls.
      let calls = ProfileSelection(filter: try CaptureFilter(parsing: "covers=call"))
      let inputs = try await store.inputs(InputQuery(calls))
      try expectEqual(inputs.captures, 30, "captures of calls")
      try expectEqual(inputs.warnings, [], "warnings")
    },
    StoreConformance("what is not known of a capture's coverage is said") { store in
      _ = try await store.insert(coverageRecords(Array(repeating: .unknown, count: 20) + [.call]))
      let mean = try await store.slices(SliceQuery(statistic: .mean, every: .seconds(60)))
      let inputs = try await store.inputs(InputQuery())
      for warnings in [mean.warnings, inputs.warnings] {
        try expectEqual(warnings, [.coverageUnknown(captures: 20, of: 21)], "warnings")
      }
      let sum = try await store.slices(SliceQuery(every: .seconds(60)))
      try expectEqual(sum.warnings, [], "warnings of sums")
    },
  ]

  /// A capture a second within one minute.
  private static func coverageRecords(_ coverage: [Coverage]) -> [Capture] {
    coverage.enumerated().map { number, covers in
      var record = Capture.capture(
        at: 1_767_603_600_000_000_000 + Int64(number) * 1_000_000_000,
        labels: ["covers": covers.rawValue, "number": "\(number % 3)"],
        [Cost(Function(file: "a.py", line: 1, name: "f"), selfTime: 1_000)]
      )
      record.covers = covers
      return record
    }
  }

  private static func expectThrows(
    _ expected: QueryError,
    _ body: () async throws -> Void
  ) async throws {
    do {
      try await body()
    } catch let error as QueryError where error == expected {
      return
    }
    throw ConformanceFailure(description: "expected \(expected), found no error")
  }
}
