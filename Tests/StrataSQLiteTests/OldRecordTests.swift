// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataSQLite

/// Records that older versions took: starts and labels had no bounds then.
struct OldRecordTests {
  private let folder: TemporaryFolder
  private let store: SQLiteStore
  private let records: [Capture]

  init() throws {
    folder = try TemporaryFolder()
    store = try SQLiteStore.open(path: folder.file())
    var random = RandomRecords(seed: 1)
    let labels: [Labels] = [
      [:], ["": "empty"], Labels((0..<100).map { Labels.Label(key: "k\($0)", value: "") }),
      [String(repeating: "k", count: 1_000): String(repeating: "v", count: 10_000)],
    ]
    records = zip([Int64.min, -1, 0, .max], labels).enumerated().map { number, old in
      var record = random.record(number, .nanoseconds, count: 5)
      (record.kind, record.clock) = (.traced, .wall)
      record.start = Timestamp(nanoseconds: old.0)
      record.duration = .nanoseconds(number == 0 ? -1 : Int64.max)
      record.labels = old.1
      return record
    }
    _ = try store.write(
      try records.map { try PreparedRecord($0, store.functionRegister) }
    )
  }

  @Test func `are not taken any more`() async throws {
    let other = try SQLiteStore.open(path: folder.file())
    for var record in records {
      record.id = ProfileID(given: "\(record.id)")
      await #expect(throws: CaptureError.self) { try await other.insert([record]) }
      #expect(throws: CaptureError.self) { try MemoryStore([record]) }
    }
  }

  @Test func `are read as they were`() async throws {
    #expect(try await images(store) == records.map(RecordImage.init))
  }

  @Test(arguments: [SlicedSeries.Alignment.epoch, .first])
  func `are in slices, at the ends of time too`(_ alignment: SlicedSeries.Alignment) async throws {
    let query = SliceQuery(every: .nanoseconds(Int64.max), alignment: alignment)
    let result = try await store.slices(query)
    #expect(result.slices.map(\.captures).reduce(0, +) == 4)
    for record in records {
      var day = SliceQuery(every: .seconds(86_400), alignment: alignment)
      day.selection.since = record.start
      day.selection.until = Timestamp(nanoseconds: record.start.nanoseconds &+ 1)
      if record.start.nanoseconds == .max { day.selection.until = nil }
      #expect(try await store.slices(day).slices.map(\.captures) == [1])
    }
    let error = await caught(as: QueryError.self) {
      _ = try await store.slices(SliceQuery(every: .seconds(1)))
    }
    #expect(error == .tooManySlices(count: 18_446_744_074, limit: 1_000_000))
  }

  @Test func `are compared by their labels`() async throws {
    let comparison = try await store.inputs(InputQuery())
    #expect(comparison.captures == 4)
    #expect(comparison.keys.count == 102)
  }

  @Test func `are rolled up, and answered from there`() async throws {
    try store.rollUp(endingBefore: Timestamp(nanoseconds: .max))
    let query = SliceQuery(every: .nanoseconds(Int64.max))
    #expect(try await store.slices(query).slices.map(\.captures).reduce(0, +) == 4)
  }
}

#endif
