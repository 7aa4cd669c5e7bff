// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery

extension StoreConformance {
  static let records =
    RandomRecords.Times.allCases.map { times in
      StoreConformance("records with times of the form '\(times)' come back bit for bit") { store in
        var random = RandomRecords(seed: 5)
        let records = (0..<24).map { random.record($0, times, count: $0 * 2) }
        _ = try await store.insert(Array(records[..<10]))
        _ = try await store.insert(Array(records[10...]))
        try await expectEqual(
          try store.read { try await images($0) },
          records.map(RecordImage.init),
          "records"
        )
      }
    } + [
      StoreConformance("the total time of merged profiles comes back, though it is not the sum") {
        store in
        var random = RandomRecords(seed: 6)
        var record = random.record(0, .any)
        for _ in 0..<5 {
          record.profile = record.profile.merged(with: random.profile(.any, count: 30))
        }
        _ = try await store.insert([record])
        try await expectEqual(
          try store.read { try await images($0) },
          [RecordImage(record)],
          "records"
        )
      },
      StoreConformance("starts at both ends of the range, and durations of nothing, are kept") {
        store in
        var random = RandomRecords(seed: 7)
        var records = [random.record(0, .nanoseconds), random.record(1, .nanoseconds)]
        records[0].start = .firstStart
        records[0].duration = .zero
        records[1].start = .lastStart
        _ = try await store.insert(records.reversed())
        try await expectEqual(
          try store.read { try await images($0) },
          records.map(RecordImage.init),
          "records"
        )
      },
    ]

  static let scans = [
    StoreConformance("a scan goes in order of start, of equal starts in that of insertion") {
      store in
      var random = RandomRecords(seed: 8)
      var inserted = [5, 2, 2, 9, 2, 0].enumerated().map { index, start in
        var record = random.record(start, .nanoseconds)
        record.id = ProfileID(given: "\(index)")
        return record
      }
      for record in inserted { _ = try await store.insert([record]) }
      inserted = [5, 1, 2, 4, 0, 3].map { inserted[$0] }
      try await store.read { snapshot in
        try await expectEqual(try starts(snapshot), [0, 2, 2, 2, 5, 9], "starts")
        try await expectEqual(try images(snapshot), inserted.map(RecordImage.init), "records")
      }
    },
    StoreConformance("vectors hold the figures of the record, in its order") { store in
      var random = RandomRecords(seed: 9)
      let records = (0..<12).map { number in
        let times = RandomRecords.Times.allCases[number % RandomRecords.Times.allCases.count]
        return random.record(number, times, count: 50 - 3 * number)
      }
      _ = try await store.insert(records)
      for rawValue in UInt8(0)..<16 {
        try await expectVectors(ProfileColumns(rawValue: rawValue), of: records, store)
      }
    },
    StoreConformance("names may be looked up while captures come in") { store in
      var random = RandomRecords(seed: 10)
      let records = (0..<3).map { random.record($0, .nanoseconds) }
      _ = try await store.insert(records)
      try await store.read { view in
        let names = try await view.names(of: .all)
        var found = 0
        try await view.scan(.all, columns: .callCounts) { vectors in
          for id in vectors.figures.functions {
            _ = try names.function(id)
            found += 1
          }
        }
        let rows = records.reduce(0) { $0 + $1.profile.functions.count }
        try expectEqual(found, rows, "functions named")
      }
    },
    StoreConformance("what the body throws comes out, and the store works on") { store in
      struct Stop: Error {}
      var random = RandomRecords(seed: 11)
      _ = try await store.insert([random.record(0, .nanoseconds)])
      do {
        try await store.read { try await $0.scan(.all, columns: []) { _ in throw Stop() } }
        throw ConformanceFailure(description: "expected the body's error, found none")
      } catch is Stop {
        try await expectEqual(try store.read { try await starts($0) }, [0], "captures")
      }
    },
  ]

  private static func expectVectors(
    _ columns: ProfileColumns,
    of records: [Capture],
    _ store: any ProfileStore
  ) async throws {
    try await store.read { snapshot in
      let names = try await snapshot.names(of: .all)
      var number = 0
      try await snapshot.scan(.all, columns: columns) { vectors in
        let record = records[number]
        number += 1
        try expectEqual(vectors.header, CaptureHeader(record), "header")
        let rows = columns.isEmpty ? [] : Array(record.profile.functions)
        let functions = try vectors.figures.functions.map { try names.function($0) }
        try expectEqual(functions, rows.map(\.function), "functions")
        func expect(
          _ column: ProfileColumns,
          _ found: [Int64],
          _ value: (CallStatistics) -> Int64?
        ) throws {
          let expected = columns.contains(column) ? rows.map { value($0.statistics) } : []
          try expectEqual(found, expected.compactMap(\.self), "column \(column.rawValue)")
        }
        try expect(.callCounts, vectors.figures.callCounts) { Int64($0.callCount) }
        try expect(.primitiveCallCounts, vectors.figures.primitiveCallCounts) {
          Int64($0.primitiveCallCount)
        }
        try expect(.selfTimes, vectors.figures.selfNanoseconds) {
          Nanoseconds(nearestTo: $0.selfTime)?.count
        }
        try expect(.cumulativeTimes, vectors.figures.cumulativeNanoseconds) {
          Nanoseconds(nearestTo: $0.cumulativeTime)?.count
        }
      }
      try expectEqual(number, records.count, "captures")
    }
  }
}
