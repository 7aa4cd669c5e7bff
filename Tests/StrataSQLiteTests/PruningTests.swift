// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataSQLite

/// What is pruned is still in every sum, and what needs it is refused.
struct PruningTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func `minutes of captures that came after their hours were pruned are no damage`()
    async throws
  {
    let day: Int64 = 86_400_000_000_000
    let f = Function.at("a.py", 1, "f")
    func captures(_ times: [Int64]) -> [Capture] {
      times.map { .capture(at: $0, [Cost(f, calls: 1, selfTime: Int($0 % 97))]) }
    }
    let store = try SQLiteStore.open(path: folder.file())
    let reference = MemoryStore()
    let now = Timestamp(nanoseconds: 20 * day)
    // Sums by the minute are kept, those by the hour go into those by the day.
    let policy = RetentionPolicy(captures: .seconds(86_400), hours: .seconds(2 * 86_400))
    for times in [[10 * day + 5, 12 * day, 19 * day + 7], [11 * day + 3, 10 * day + 6]] {
      _ = try await store.insert(captures(times))
      _ = try await reference.insert(captures(times))
      _ = try store.rollUp(endingBefore: now)
      #expect(try store.verify().findings.isEmpty)
      _ = try store.prune(policy, now: now)
      #expect(try store.verify().findings.isEmpty)
    }
    _ = try store.prune(RetentionPolicy(captures: .zero, minutes: .zero, hours: .zero), now: now)
    #expect(try store.verify().findings.isEmpty)
    let query = SliceQuery(every: .seconds(86_400))
    #expect(try await store.slices(query) == reference.slices(query))
  }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func `answers are the same after pruning, or refused`(seed: UInt64) async throws {
    let store = try SQLiteStore.open(path: folder.file())
    let reference = MemoryStore()
    var random = RandomTraffic(seed: seed)
    var answered = (exactly: 0, refused: 0)
    for batch in random.batches() {
      #expect(try await store.insert(batch) == reference.insert(batch))
      if random.flip() {
        let policy = RetentionPolicy(
          captures: .seconds(40_000),
          minutes: random.flip() ? .seconds(random.flip() ? 70_000 : 10_000) : nil
        )
        _ = try store.prune(policy, now: random.moment())
      }
      #expect(try await store.insert(batch).contains(true) == false)
      for _ in 0..<4 {
        if try await hasSameAnswer(store, reference, random.query()) {
          answered.exactly += 1
        } else {
          answered.refused += 1
        }
      }
    }
    let policy = RetentionPolicy(captures: .zero, minutes: .zero, hours: .zero)
    _ = try store.prune(policy, now: RandomTraffic.end)
    #expect(try store.statistics().profileCount == 0)
    for labels in ["", "host=h1", "service=web", "endpoint=~/.*"] {
      let selection = ProfileSelection(filter: try CaptureFilter(parsing: labels), kind: .traced)
      let query = SliceQuery(selection, metric: .calls, every: .seconds(86_400))
      #expect(try await store.slices(query) == reference.slices(query))
      #expect(
        try await store.merged(selection).profile.image == reference.merged(selection).profile.image
      )
    }
    #expect(answered.exactly > 5)
    #expect(answered.refused > 0)
  }

  /// Whether a question was answered; then it was as by the store in memory.
  private func hasSameAnswer(
    _ store: SQLiteStore,
    _ reference: MemoryStore,
    _ query: SliceQuery
  ) async throws -> Bool {
    do {
      let answer = try await store.slices(query)
      #expect(try await answer == reference.slices(query), "\(query)")
      return true
    } catch QueryError.prunedCaptures {
      return false
    }
  }

  @Test func `minutes of few captures are kept when these go`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomRecords(seed: 1)
    let records = (0..<50).map { number in
      var record = random.record(number, .nanoseconds)
      (record.kind, record.clock) = (.traced, .wall)
      return record
    }
    _ = try await store.insert(records)
    let now = records[49].start.advanced(bySeconds: 100_000)
    let report = try store.prune(RetentionPolicy(captures: .seconds(3_600)), now: now)
    #expect(report.captures == 50)
    for filter in ["", "endpoint=/1"] {
      let selection = ProfileSelection(filter: try CaptureFilter(parsing: filter))
      let query = SliceQuery(selection, every: .seconds(60))
      #expect(try await store.slices(query) == MemoryStore(records).slices(query))
    }
    let refused = SliceQuery(every: .seconds(10))
    await #expect(throws: QueryError.self) { try await store.slices(refused) }
    await #expect(throws: QueryError.self) {
      try await store.read { try await $0.forEachCapture(.all) { _ in } }
    }
    #expect(try await store.insert(records).contains(true) == false)
  }

  @Test func `a store that is too large lets the oldest go, and gives the room back`() async throws
  {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomTraffic(seed: 3)
    for batch in random.batches() { _ = try await store.insert(batch) }
    let before = try store.prune(RetentionPolicy(), now: RandomTraffic.end)
    let maximum = before.bytesAfter * 3 / 4
    let report = try store.prune(RetentionPolicy(maximumBytes: maximum), now: RandomTraffic.end)
    #expect(report.captures > 0)
    #expect(report.bytesAfter <= maximum)
    #expect(!report.isAboveMaximum)
    let pages = try await store.pool.read { try Int.fetchOne($0, sql: "PRAGMA freelist_count") }
    #expect(pages == 0)
  }

  @Test func `sums by the minute that save no room are not written to save room`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomRecords(seed: 5)
    let records = (0..<300).map { number in
      var record = random.record(number, .nanoseconds)
      (record.kind, record.clock) = (.traced, .wall)
      record.start = RandomTraffic.start.advanced(bySeconds: Int64(number) * 120)
      return record
    }
    _ = try await store.insert(records)
    let now = records[299].start
    // The first hour has minutes already.
    let old = try store.prune(RetentionPolicy(captures: .seconds(8 * 3_600)), now: now)
    #expect(old.captures == 30)
    let policy = RetentionPolicy(maximumBytes: old.bytesAfter * 4 / 5)
    let report = try store.prune(policy, now: now)
    #expect(!report.isAboveMaximum)
    #expect(report.minutes > 0)
    #expect(try store.statistics().profileCount > 60)
    #expect(try store.verify().isWhole)
    let query = SliceQuery(every: .seconds(3_600))
    #expect(try await store.slices(query) == MemoryStore(records).slices(query))
  }

  @Test func `captures whose sums no roll-up holds stay`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    let policy = RetentionPolicy(captures: .zero, minutes: .zero, hours: .zero)
    let start = RandomTraffic.start
    for count in [9, 12] {
      // The one of a later day can go, and those of the second round are known, or late.
      let starts = [start.advanced(bySeconds: 3 * 86_400)] + Array(repeating: start, count: count)
      let records = HugeCaptures.records(starts)
      _ = try await store.insert(records)
      for _ in 0..<2 { _ = try store.prune(policy, now: RandomTraffic.end) }
      let selection = ProfileSelection(until: start.advanced(bySeconds: 86_400))
      let query = SliceQuery(selection, every: .seconds(10))
      #expect(try await store.slices(query) == MemoryStore(records).slices(query))
      #expect(try store.statistics().profileCount == count)
    }
  }

  @Test func `late captures that no roll-up has room for stay beside it`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    let policy = RetentionPolicy(captures: .zero)
    for count in [1, 3] {
      let records = HugeCaptures.records(Array(repeating: RandomTraffic.start, count: count))
      _ = try await store.insert(records)
      for _ in 0..<2 { _ = try store.prune(policy, now: RandomTraffic.end) }
      for seconds in [60, 3_600] as [Int64] {
        let query = SliceQuery(every: .seconds(seconds))
        #expect(try await store.slices(query) == MemoryStore(records).slices(query))
      }
      #expect(
        try await store.merged(.all).profile.image
          == MemoryStore(records).merged(.all).profile.image
      )
      #expect(try store.verify().isWhole)
    }
    #expect(try store.statistics().profileCount == 2)
  }

  @Test func `hours of a day whose sum no roll-up holds stay`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    let starts = (0..<40).map { RandomTraffic.start.advanced(bySeconds: $0 * 3_600) }
    let records = HugeCaptures.records(starts)
    _ = try await store.insert(records)
    let policy = RetentionPolicy(captures: .zero, minutes: .zero, hours: .zero)
    for _ in 0..<2 { _ = try store.prune(policy, now: RandomTraffic.end) }
    let small = RetentionPolicy(captures: .zero, minutes: .zero, hours: .zero, maximumBytes: 1)
    #expect(try store.prune(small, now: RandomTraffic.end).isAboveMaximum)
    #expect(try store.statistics().profileCount == 0)
    for seconds in [3_600, 86_400] as [Int64] {
      let query = SliceQuery(every: .seconds(seconds))
      #expect(try await store.slices(query) == MemoryStore(records).slices(query))
    }
  }
}

#endif
