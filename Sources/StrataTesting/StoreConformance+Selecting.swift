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
        "service=web",
      ]
      for text in filters {
        let filter = try LabelFilter(parsing: text)
        let expected = try records.indices.filter { try filter.matches(records[$0].labels) }
        try await store.expectSelected(expected.map(Int64.init), ProfileSelection(labels: filter))
      }
    },
    StoreConformance("all conditions of a selection hold together") { store in
      let records = try await store.insertSelectable()
      let selection = ProfileSelection(
        since: records[2].start,
        until: records[20].start,
        labels: try LabelFilter(parsing: "endpoint=/2"),
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
    _ = try await insert(records)
    return records
  }

  fileprivate func expectSelected(_ numbers: [Int64], _ selection: ProfileSelection) async throws {
    try await expectEqual(
      try read { try await starts($0, selection) },
      numbers,
      "captures selected"
    )
  }
}
