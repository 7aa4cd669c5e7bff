// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataSQLite

struct GroupCommitTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func `records of many tasks are each stored once, and durable when it says so`()
    async throws
  {
    let store = try SQLiteStore.open(path: folder.file())
    let others = try SQLiteStore.open(path: folder.file(), mode: .readOnly)
    var random = RandomRecords(seed: 1)
    let records = (0..<150).map { random.record($0, .nanoseconds, count: 5) }
    let news = try await withThrowingTaskGroup(of: Bool.self) { group in
      for record in records + records {
        group.addTask {
          let isNew = try await store.insert([record]) == [true]
          // Another connection sees it: it is committed.
          #expect(try others.knownIDs(among: [record.id]) == [record.id])
          return isNew
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(news == 150)
    #expect(try store.statistics().profileCount == 150)
  }

  @Test func `a record that cannot be stored fails alone`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomRecords(seed: 2)
    var records = (0..<20).map { random.record($0, .nanoseconds, count: 5) }
    records[7].duration = .seconds(Int64.max)
    // As if it had been checked: the store itself refuses it, among others.
    let prepared = try records.map { try PreparedRecord($0, store.functionRegister) }
    let stored = await withTaskGroup(of: Bool.self) { group in
      for record in prepared {
        group.addTask { (try? await store.commit([record])) == [true] }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(stored == 19)
    #expect(try store.statistics().profileCount == 19)
  }
}

#endif
