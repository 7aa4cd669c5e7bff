// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery

extension StoreConformance {
  static let selections = [
    StoreConformance("a selection takes its first moment and not its last") { store in
      let records = try await store.insertSelectable()
      let (since, until) = (records[3].start, records[7].start)
      try await store.expectSelected([3, 4, 5, 6], ProfileSelection(since: since, until: until))
      try await store.expectSelected(Array(3..<24), ProfileSelection(since: since))
      try await store.expectSelected(Array(0..<7), ProfileSelection(until: until))
      try await store.expectSelected([], ProfileSelection(since: until, until: since))
    },
    StoreConformance("a selection takes one kind and one clock") { store in
      let records = try await store.insertSelectable()
      for kind in ProfileKind.allCases {
        for clock in ProfileClock.allCases {
          let expected = records.indices.filter {
            records[$0].kind == kind && records[$0].clock == clock
          }
          try await store.expectSelected(
            expected.map(Int64.init),
            ProfileSelection(kind: kind, clock: clock)
          )
        }
      }
    },
    StoreConformance("a selection takes captures whose labels match") { store in
      let records = try await store.insertSelectable()
      let filters = [
        "endpoint=/1", "endpoint!=/1", "endpoint=~/[12]", "endpoint!~/[12]", "missing=",
        "missing!=", "missing=x", "endpoint=/1,service=web", "endpoint=/1,service=api",
        "service=web", "endpoint=/1,endpoint=/2", "endpoint=/1,endpoint=/2,endpoint!=/1",
        "endpoint=/1,service=web,endpoint=/2",
      ]
      for text in filters {
        let filter = try CaptureFilter(parsing: text)
        let expected = try records.indices.filter { try filter.matches(labels: records[$0].labels) }
        try await store.expectSelected(expected.map(Int64.init), ProfileSelection(filter: filter))
      }
    },
    StoreConformance("a selection takes captures whose properties match") { store in
      let records = try await store.insertSelectable()
      let filters = [
        "@kind=traced", "@kind!=sampled", "@kind=traced,@kind=sampled",
        "@kind=traced,@kind!=traced",
        "@clock=cpu", "@clock=cpu,@clock=wall", "@clock!=cpu", "@duration>1s", "@duration>=1s",
        "@duration<1s", "@duration<=1s", "@duration=1s", "@duration!=1s",
        "@duration=1s,@duration=2s",
        "@weight>1", "@weight=1", "@weight<400,@weight>=2.5", "@weight!=1", "@weight>1000000",
        "@duration>1s,endpoint=/1,@kind=traced", "@kind=traced,@clock=wall,@weight=1,endpoint!=/0",
      ]
      for text in filters {
        let selection = ProfileSelection(filter: try CaptureFilter(parsing: text))
        let expected = try records.indices.filter {
          try selection.contains(CaptureHeader(records[$0]))
        }
        try await store.expectSelected(expected.map(Int64.init), selection)
        try await store.expectSurveyed(expected.map { records[$0] }, selection)
      }
    },
    StoreConformance("conditions that sums cannot decide are answered from captures") { store in
      // Eight in a minute: as many as a store may need to keep their sum.
      var random = RandomRecords(seed: 21)
      let records = (0..<96).map { number in
        var record = random.record(number, .nanoseconds, count: 3)
        record.start = Timestamp(
          nanoseconds: 1_767_603_600_000_000_000 + Int64(number) * 7_000_000_000
        )
        (record.kind, record.clock) = (.traced, .wall)
        record.duration = number % 5 == 0 ? nil : .milliseconds(number * 30)
        record.weight = number % 3 == 0 ? .one : Weight(decimal: "2.5") ?? .one
        return record
      }
      _ = try await store.insert(records)
      let reference = try MemoryStore(records)
      for text in [
        "@duration>1s", "@weight=1", "@duration<=1s,@weight!=1,endpoint=/1", "@kind=traced",
      ] {
        let selection = ProfileSelection(filter: try CaptureFilter(parsing: text))
        for every in [10, 60, 3_600] as [Int64] {
          let query = SliceQuery(selection, every: .seconds(every), grouping: .function)
          try await expectEqual(
            try store.slices(query),
            try reference.slices(query),
            "slices of \(text)"
          )
          var byLabel = query
          byLabel.grouping = .label("endpoint")
          try await expectEqual(
            try store.slices(byLabel),
            try reference.slices(byLabel),
            "labels of \(text)"
          )
        }
        let chosen = try records.filter { try selection.contains(CaptureHeader($0)) }
        try await expectMerged(chosen, by: selection, in: store)
      }
    },
    StoreConformance("all conditions of a selection hold together") { store in
      let records = try await store.insertSelectable()
      let selection = ProfileSelection(
        since: records[2].start,
        until: records[20].start,
        filter: try CaptureFilter(parsing: "endpoint=/2"),
        kind: .traced,
        clock: .wall
      )
      let expected = try records.indices.filter {
        try selection.contains(CaptureHeader(records[$0]))
      }
      try await store.expectSelected(expected.map(Int64.init), selection)
      try await store.read { snapshot in
        try await expectEqual(
          try images(snapshot, selection),
          expected.map { RecordImage(records[$0]) },
          "records"
        )
      }
    },
  ]
}

extension ProfileStore {
  /// Twenty-four records of all kinds, clocks and endpoints, one without labels.
  fileprivate func insertSelectable() async throws -> [Capture] {
    var random = RandomRecords(seed: 12)
    var records = (0..<24).map { random.record($0, .nanoseconds, count: 3) }
    records[13].labels = [:]
    for number in records.indices {
      records[number].duration =
        number % 4 == 3 ? nil : .milliseconds([500, 1_000, 2_000][number % 3])
      records[number].weight = Weight(decimal: ["1", "2.5", "400"][number % 3]) ?? .one
    }
    _ = try await insert(records)
    return records
  }

  fileprivate func expectSurveyed(_ records: [Capture], _ selection: ProfileSelection) async throws
  {
    let survey = try await read { try await $0.survey(selection, longestExpected: nil) }
    try expectEqual(survey.captures, records.count, "captures surveyed")
    try expectEqual(survey.first, records.first?.start, "first start surveyed")
    try expectEqual(survey.last, records.last?.start, "last start surveyed")
    let kinds = ProfileKind.allCases.filter { kind in records.contains { $0.kind == kind } }
    try expectEqual(survey.kinds, kinds, "kinds surveyed")
  }

  fileprivate func expectSelected(_ numbers: [Int64], _ selection: ProfileSelection) async throws {
    try await expectEqual(
      try read { try await starts($0, selection) },
      numbers,
      "captures selected"
    )
  }
}
