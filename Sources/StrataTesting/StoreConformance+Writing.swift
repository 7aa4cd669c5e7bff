// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery

extension StoreConformance {
  static let insertion = [
    StoreConformance("a record is new once, in one batch and in the next") { store in
      var random = RandomRecords(seed: 2)
      let records = (0..<3).map { random.record($0, .nanoseconds) }
      let batch = [records[0], records[1], records[0]]
      try await expectEqual(try store.insert(batch), [true, true, false], "first batch")
      try await expectEqual(try store.insert(records), [false, false, true], "second batch")
      try await expectEqual(
        try store.read { try await images($0) },
        records.map(RecordImage.init),
        "records"
      )
    },
    StoreConformance("another record with a known id changes nothing") { store in
      var random = RandomRecords(seed: 3)
      let first = random.record(0, .nanoseconds)
      var second = random.record(7, .nanoseconds)
      second.id = first.id
      _ = try await store.insert([first])
      try await expectEqual(try store.insert([second]), [false], "newness")
      try await expectEqual(
        try store.read { try await images($0) },
        [RecordImage(first)],
        "records"
      )
    },
    StoreConformance("an empty batch and an empty profile are kept as such") { store in
      try await expectEqual(try store.insert([]), [], "newness of nothing")
      let empty = Capture(
        id: ProfileID(given: "empty"),
        start: Timestamp(nanoseconds: 0),
        profile: StatsProfile()
      )
      try await expectEqual(try store.insert([empty]), [true], "newness")
      try await expectEqual(
        try store.read { try await images($0) },
        [RecordImage(empty)],
        "records"
      )
      try await store.read { snapshot in
        try await snapshot.scan(.all, columns: .selfTimes) { vectors in
          try expectEqual(vectors.figures.functions, [], "functions")
        }
      }
    },
  ]

  static let refusals = [
    refusal("not a number", .timeOutOfRange, selfTime: .nan),
    refusal("infinity", .timeOutOfRange, selfTime: -.infinity),
    refusal("more than 2^62 ns", .timeOutOfRange, selfTime: 4_611_686_018.5),
    refusal("a count of 64 bits", .countOutOfRange, callCount: CallCount(Int64.max) + 1),
    refusal("a negative count of 64 bits", .countOutOfRange, callCount: CallCount(Int64.min) - 1),
    StoreConformance("refuses figures of a caller that are out of range") { store in
      var record = bad(selfTime: 1, callCount: 1)
      record.profile = StatsProfile(functions: [
        FunctionProfile(
          function: Function(file: "a.py", line: 1, name: "f"),
          statistics: .zero,
          callers: [
            CallEdge(
              caller: Function(file: "a.py", line: 2, name: "g"),
              figures: .countOnly(.max)
            )
          ]
        )
      ])
      try await expectRefusal(of: record, .countOutOfRange, store)
    },
    refusal("a start before 1700", .startOutOfRange) {
      $0.start.nanoseconds = Timestamp.firstStart.nanoseconds - 1
    },
    refusal("a start after the beginning of 2200", .startOutOfRange) {
      $0.start.nanoseconds = Timestamp.lastStart.nanoseconds + 1
    },
    refusal("a duration below zero", .durationOutOfRange) {
      $0.duration = Duration.nanoseconds(-1)
    },
    refusal("an end beyond 64 bits", .durationOutOfRange) {
      $0.duration = Duration.nanoseconds(Int64.max)
    },
    refusal("too many labels", .tooManyLabels) {
      $0.labels = Labels((0...64).map { Labels.Label(key: "\($0)", value: "") })
    },
    refusal("a label without a key", .labelKeySize) { $0.labels = ["": "a"] },
    refusal("a key that is too long", .labelKeySize) {
      $0.labels = [String(repeating: "k", count: 201): "a"]
    },
    refusal("a value that is too long", .labelValueTooLong) {
      $0.labels = ["k": String(repeating: "é", count: 2_049)]
    },
  ]

  private static func refusal(
    _ what: String,
    _ code: CaptureError.Code,
    change: @escaping @Sendable (inout Capture) -> Void
  ) -> StoreConformance {
    StoreConformance("refuses \(what), and the whole batch with it") { store in
      var record = bad(selfTime: 1, callCount: 1)
      record.start = Timestamp(nanoseconds: 1)
      change(&record)
      try await expectRefusal(of: record, code, function: nil, store)
    }
  }

  private static func refusal(
    _ what: String,
    _ code: CaptureError.Code,
    selfTime: Double = 1,
    callCount: CallCount = 1
  ) -> StoreConformance {
    StoreConformance("refuses \(what), and the whole batch with it") { store in
      try await expectRefusal(of: bad(selfTime: selfTime, callCount: callCount), code, store)
    }
  }

  private static func bad(selfTime: Double, callCount: CallCount) -> Capture {
    Capture(
      id: ProfileID(given: "bad"),
      start: Timestamp(nanoseconds: 0),
      profile: StatsProfile(functions: [
        FunctionProfile(
          function: Function(file: "a.py", line: 1, name: "f"),
          statistics: CallStatistics(
            callCount: callCount,
            primitiveCallCount: callCount,
            selfTime: selfTime,
            cumulativeTime: selfTime
          )
        )
      ])
    )
  }

  private static func expectRefusal(
    of bad: Capture,
    _ code: CaptureError.Code,
    function: ByteString? = "f",
    _ store: any ProfileStore
  ) async throws {
    var random = RandomRecords(seed: 4)
    let (before, good) = (random.record(0, .nanoseconds), random.record(1, .nanoseconds))
    _ = try await store.insert([before])
    do {
      _ = try await store.insert([good, bad])
      throw ConformanceFailure(description: "expected a refusal, found that all was stored")
    } catch let error as CaptureError {
      try expectEqual(error.code, code, "code")
      try expectEqual(error.function?.name, function, "function")
    }
    try await expectEqual(try store.read { try await images($0) }, [RecordImage(before)], "records")
    try await expectEqual(try store.insert([good]), [true], "newness of the good record afterwards")
    try await expectEqual(
      try store.read { try await images($0) },
      [before, good].map(RecordImage.init),
      "records"
    )
  }
}
