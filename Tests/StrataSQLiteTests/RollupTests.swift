// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery
import StrataTestSupport
import Testing

@testable import StrataSQLite

/// What roll-ups answer is what single captures answer, to the nanosecond, at every moment.
struct RollupTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test(arguments: 0..<3 as Range<UInt64>)
  func `answers are those of the store in memory, whatever came late`(seed: UInt64) async throws {
    let store = try SQLiteStore.open(path: folder.file())
    let reference = MemoryStore()
    var random = RandomTraffic(seed: seed)
    for batch in random.batches() {
      let news = try await store.insert(batch)
      #expect(await news == (try reference.insert(batch)))
      if random.flip() { try store.rollUp(endingBefore: random.moment()) }
      for _ in 0..<3 { try await expectSameAnswers(store, reference, random.query()) }
    }
    try store.rollUp(endingBefore: RandomTraffic.end)
    #expect(
      try await store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM rollup") } ?? 0
        > 20
    )
    for _ in 0..<20 { try await expectSameAnswers(store, reference, random.query()) }
  }

  private func expectSameAnswers(
    _ store: SQLiteStore,
    _ reference: MemoryStore,
    _ query: SliceQuery
  ) async throws {
    #expect(try await store.slices(query) == reference.slices(query), "\(query)")
    let (sum, expected) = try await (
      store.merged(query.selection), reference.merged(query.selection)
    )
    #expect(sum.captures == expected.captures)
    #expect(sum.profile.image == expected.profile.image, "\(query.selection)")
  }

  @Test func `a question over a long range reads roll-ups, and its ends one by one`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomTraffic(seed: 9)
    for batch in random.batches() { _ = try await store.insert(batch) }
    try store.rollUp(endingBefore: RandomTraffic.end)
    let selection = ProfileSelection(
      since: RandomTraffic.start.advanced(bySeconds: 90),
      kind: .traced,
      clock: .wall
    )
    let plan = try await store.read {
      try await $0.plan(SumRequest(selection, columns: .selfTimes))
    }
    #expect(Set(plan.steps.map(\.level)) == [.captures, .minute, .hour])
    let captures = try await store.read { try await $0.survey(selection, longestExpected: nil) }
      .captures
    #expect(plan.steps.reduce(0) { $0 + $1.captures } == captures)
    let alone = try await store.read {
      try await $0.plan(SumRequest(selection, columns: .selfTimes, resolution: .captures))
    }
    #expect(alone.steps.map(\.level) == [.captures])
  }

  @Test func `a view reads the same roll-ups after labels came that it does not see`() async throws
  {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomTraffic(seed: 9)
    let records = random.batches().flatMap(\.self)
    _ = try await store.insert(records)
    try store.rollUp(endingBefore: RandomTraffic.end)
    let filter = try CaptureFilter(parsing: "host=h1")
    let selection = ProfileSelection(filter: filter, kind: .traced, clock: .wall)
    let request = SumRequest(selection, columns: .selfTimes)
    var later = records[0]
    (later.id, later.labels) = (ProfileID(given: "later"), ["host": "h1", "release": "later"])
    let newcomer = later
    let (before, after, keys) = try await store.read { view in
      let before = try await view.plan(request)
      // Another reader of the process meets the new set of labels, and caches it for all.
      _ = try await store.insert([newcomer])
      _ = try await store.read { try await $0.plan(request) }
      return (before, try await view.plan(request), try await view.labelKeys())
    }
    #expect(before.steps.contains { $0.level == .hour })
    #expect(before.steps.map(\.level) == after.steps.map(\.level))
    #expect(!keys.contains("release"))
  }

  @Test func `sums know how many of their captures cover slices of time`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomTraffic(seed: 9)
    let records = random.batches().flatMap(\.self).enumerated().map { number, record in
      var record = record
      record.covers = Coverage.allCases[number % 3]
      return record
    }
    _ = try await store.insert(records)
    try store.rollUp(endingBefore: RandomTraffic.end)
    for selection in [.all, ProfileSelection(filter: try CaptureFilter(parsing: "host=h1"))] {
      let (found, expected) = try await (
        store.read { try await $0.survey(selection, longestExpected: nil) },
        await MemoryStore(records).read { try await $0.survey(selection, longestExpected: nil) }
      )
      #expect(found.sums < expected.sums)
      #expect(found.slices == expected.slices)
      #expect(found.unknownCoverage == expected.unknownCoverage)
    }
  }

  @Test func `sums that roll-ups cannot hold are left to the captures`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    let records = HugeCaptures.records(Array(repeating: RandomTraffic.start, count: 9))
    _ = try await store.insert(records)
    try store.rollUp(endingBefore: RandomTraffic.end)
    let query = SliceQuery(every: .seconds(3_600))
    #expect(try await store.slices(query) == MemoryStore(records).slices(query))
    #expect(try await store.merged(.all).profile == MemoryStore(records).merged(.all).profile)
  }
}

#endif
