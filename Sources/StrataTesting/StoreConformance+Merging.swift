// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery

extension StoreConformance {
  /// Captures added up with their callers.
  static let merging =
    RandomRecords.Times.allCases.map { times in
      StoreConformance("captures with times of the form '\(times)' are merged in nanoseconds") {
        store in
        var random = RandomRecords(seed: 23)
        let records = (0..<30).map { number in
          var record = random.record(number, times, count: number)
          (record.kind, record.clock) = (.traced, .wall)
          return record
        }
        _ = try await store.insert(records)
        try await expectMerged(records, by: .all, in: store)
        let (since, until) = (records[4].start, records[19].start)
        let some = ProfileSelection(since: since, until: until)
        try await expectMerged(Array(records[4..<19]), by: some, in: store)
        let endpoint = CaptureFilter([.label(key: "endpoint", .equals("/2"))])
        let labelled = records.filter { $0.labels["endpoint"] == "/2" }
        try await expectMerged(labelled, by: ProfileSelection(filter: endpoint), in: store)
      }
    } + [
      StoreConformance("one capture is merged bit for bit, none to nothing") { store in
        var random = RandomRecords(seed: 24)
        let records = (0..<3).map { random.record($0, .any) }
        _ = try await store.insert(records)
        for record in records {
          let merged = try await store.merged(
            ProfileSelection(kind: record.kind, clock: record.clock)
          )
          try expectEqual(merged.captures, 1, "captures")
          try expectEqual([merged.kind], [record.kind], "kinds")
          var image = record
          image.profile = merged.profile
          try expectEqual(RecordImage(image), RecordImage(record), "record")
        }
        let nothing = try await store.merged(ProfileSelection(until: records[0].start))
        try expectEqual(nothing.captures, 0, "captures")
        try expectEqual(nothing.profile, StatsProfile(), "profile")
      },
      StoreConformance("an edge with a count alone in one capture has a count alone") { store in
        let (f, g) = (Function.at("a.py", 1, "f"), Function.at("a.py", 2, "g"))
        let full = CallEdge.Figures.full(.of(2, 1e-9, 3e-9))
        let records = [full, .countOnly(5), full].enumerated().map { number, figures in
          Capture(
            id: ProfileID(given: "\(number)"),
            start: Timestamp(nanoseconds: Int64(number)),
            profile: StatsProfile(functions: [
              FunctionProfile(
                function: f,
                statistics: .of(9, 1e-9, 3e-9),
                callers: [CallEdge(caller: g, figures: figures)]
              )
            ])
          )
        }
        _ = try await store.insert(records)
        let merged = try await store.merged(.all).profile
        try expectEqual(merged.functions.map(\.function), [f], "functions")
        try expectEqual(merged.functions[0].callers.map(\.caller), [g], "callers")
        try expectEqual(merged.functions[0].callers.map(\.figures), [.countOnly(9)], "figures")
        try expectEqual(merged.totalTime, 3 * 1e-9, "total time")
      },
    ]

  static func expectMerged(
    _ records: [Capture],
    by selection: ProfileSelection,
    in store: any ProfileStore
  ) async throws {
    let expected = UnorderedProfile(NaiveSum(records.map(\.profile)))
    for resolution in [SumRequest.Resolution.any, .captures] {
      let merged = try await store.merged(selection, resolution: resolution)
      try expectEqual(merged.captures, records.count, "captures")
      try expectEqual([merged.first], [records.map(\.start).min()], "first start")
      try expectEqual([merged.last], [records.map(\.start).max()], "last start")
      try expectEqual(try UnorderedProfile(merged.profile), expected, "profile of \(selection)")
    }
  }
}
