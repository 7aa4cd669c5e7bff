// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataSQLite

/// What others write while a store is pruned, or after it was cut off, is lost from no sum.
struct PruningBesideWritersTests {
  private static let everything = RetentionPolicy(captures: .zero, minutes: .zero, hours: .zero)
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// What others write between two transactions of pruning, how far they come with rolling it up,
  /// and where pruning is cut off, are all left to chance.
  @Test(arguments: 0..<4 as Range<UInt64>)
  func `whatever comes while hours are pruned, or after, is in the sums of days`(
    seed: UInt64
  ) async throws {
    let store = try SQLiteStore.open(path: folder.file())
    let reference = MemoryStore()
    var random = SeededGenerator(seed: seed)
    var records = spread(seed)[...]
    func insert() throws {
      let batch = Array(records.prefix(.random(in: 0...6, using: &random)))
      records = records.dropFirst(batch.count)
      #expect(try store.insertNow(batch) == reference.insert(batch))
    }
    while !records.isEmpty {
      try insert()
      _ = try store.prune(Self.everything, now: RandomTraffic.end) { _ in
        do {
          try insert()
          _ = try store.rollUp(endingBefore: RandomTraffic.end) { _, _ in
            Int.random(in: 0..<3, using: &random) > 0
          }
        } catch {
          Issue.record(error)
        }
        return Int.random(in: 0..<9, using: &random) > 0
      }
      let query = SliceQuery(every: .seconds(86_400))
      #expect(try await store.slices(query) == reference.slices(query))
    }
    #expect(try store.verify().findings == [])
    for _ in 0..<2 { _ = try store.prune(Self.everything, now: RandomTraffic.end) }
    #expect(try store.statistics().profileCount == 0)
    #expect(try await store.merged(.all).profile.image == reference.merged(.all).profile.image)
  }

  /// Captures of all hours of three days, in no order.
  private func spread(_ seed: UInt64) -> [Capture] {
    var random = SeededGenerator(seed: seed)
    var records = RandomRecords(seed: seed, functionCount: 12)
    return (0..<100).map { number in
      var record = records.record(number, .nanoseconds, count: 3)
      let second = Int64.random(in: 0..<3 * 86_400, using: &random)
      record.start = RandomTraffic.start.advanced(bySeconds: second)
      (record.kind, record.clock) = (.traced, .wall)
      return record
    }
  }

  @Test func `what comes for days whose hours are gone is in their sums`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    let records = spread(9)
    for batch in [records[..<1], records[1...]] {
      _ = try await store.insert(Array(batch))
      _ = try store.prune(Self.everything, now: RandomTraffic.end)
    }
    #expect(try store.statistics().profileCount == 0)
    let query = SliceQuery(every: .seconds(86_400))
    #expect(try await store.slices(query) == MemoryStore(records).slices(query))
  }
}

#endif
