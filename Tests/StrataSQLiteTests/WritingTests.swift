// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataSQLite

struct WritingTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func `a rolled-back batch leaves no name behind, in the file or in the cache`() async throws
  {
    let store = try SQLiteStore.open(path: folder.file())
    let others = try SQLiteStore.open(path: folder.file())
    var random = RandomRecords(seed: 1)
    let records = (0..<4).map { random.record($0, .nanoseconds) }
    var late = random.record(5, .nanoseconds)
    late.duration = .seconds(Int64.max)
    // The last record is refused inside the transaction, after names were given numbers.
    let prepared = [
      try store.prepare(records[0]), try PreparedRecord(late, store.functionRegister),
    ]
    #expect(code { try store.write(prepared) } == .tooLarge)
    #expect(try store.statistics().functionCount == 0)
    // Another process now gives these numbers to other names.
    let different = RandomRecords.renamed(records[1], prefix: "other")
    #expect(try await others.insert([different]) == [true])
    #expect(try await store.insert([records[0]]) == [true])
    #expect(try await images(store) == [records[0], different].map(RecordImage.init))
    #expect(try await images(others) == images(store))
  }

  @Test func `two stores on one file take turns, and know each other's names`() async throws {
    let path = folder.file()
    var random = RandomRecords(seed: 2)
    let records = (0..<120).map { random.record($0, .patched, count: 8) }
    let news = try await withThrowingTaskGroup(of: [ProfileID].self) { group in
      for writer in 0..<4 {
        group.addTask {
          // Each writer has three quarters of the records; all have some in common.
          let own = records.enumerated().filter { $0.offset % 4 != writer }.map(\.element)
          return try await Self.insert(own, path)
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(news.count == 120)
    #expect(Set(news).count == 120)
    #expect(try await images(SQLiteStore.open(path: path)) == records.map(RecordImage.init))
  }

  /// Inserts in small batches through a store of its own; returns what was new.
  @concurrent
  private static func insert(_ records: [Capture], _ path: String) async throws -> [ProfileID] {
    let store = try SQLiteStore.open(path: path)
    var news: [ProfileID] = []
    for start in stride(from: 0, to: records.count, by: 5) {
      let batch = records[start..<min(start + 5, records.count)]
      await news += zip(batch, try store.insert(Array(batch))).filter(\.1).map(\.0.id)
    }
    return news
  }

  @Test func `a store that others keep locked is busy after the time to wait`() async throws {
    let store = try SQLiteStore.open(path: folder.file(), busyTimeout: .milliseconds(50))
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: folder.file(), configuration: configuration)
    var random = RandomRecords(seed: 3)
    let record = random.record(0, .nanoseconds)
    try await other.writeWithoutTransaction { try $0.beginTransaction(.immediate) }
    let found = await [
      code { try await store.insert([record]) }, code { try await images(store) },
    ]
    try await other.writeWithoutTransaction { db in
      try db.rollback()
    }
    #expect(found == [.busy, nil])
    #expect(try await store.insert([record]) == [true])
  }

  @Test func `a full disk stores nothing and says so`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomRecords(seed: 4)
    let first = random.record(0, .nanoseconds)
    _ = try await store.insert([first])
    try await store.pool.writeWithoutTransaction { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
    }
    let many = (1..<50).map { random.record($0, .any, count: 60) }
    #expect(await code { try await store.insert(many) } == .full)
    #expect(try await images(store) == [RecordImage(first)])
    try await store.pool.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA max_page_count = 1073741823")
    }
    #expect(try await store.insert(many).allSatisfy(\.self))
    #expect(try await images(store).count == 50)
  }

  @Test func `canonical functions stand beside those with addresses`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomRecords(seed: 5)
    _ = try await store.insert([random.record(0, .nanoseconds, count: 60)])
    let sql = """
      SELECT count(*) FROM function
      JOIN function AS canonical ON canonical.id = function.canonical
      JOIN string ON string.id = canonical.name
      WHERE instr(string.bytes, CAST(' at 0x' AS BLOB)) > 0
      """
    #expect(try await store.pool.read { try Int.fetchOne($0, sql: sql) } == 0)
    try await store.read { snapshot in
      let view = try await snapshot.names(of: .all)
      try await snapshot.scan(.all, columns: .selfTimes) { vectors in
        let names = try vectors.figures.functions.map { try view.function($0).name.string }
        #expect(names.contains { $0.contains(" at 0x") })
      }
    }
  }

  @Test func `functions of a new program have numbers in a row`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomRecords(seed: 6)
    _ = try await store.insert([random.record(0, .nanoseconds, count: 60)])
    try await store.read { snapshot in
      try await snapshot.scan(.all, columns: .selfTimes) { vectors in
        let ids = vectors.figures.functions.map(\.index)
        #expect(zip(ids, ids.dropFirst()).allSatisfy { $1 == $0 + 1 })
      }
    }
  }

  @Test func `a profile whose edges do not show their functions comes back as it is`() async throws
  {
    let store = try SQLiteStore.open(path: folder.file())
    let functions = [
      Function(file: "a", line: 1, name: "f"), Function(file: "a", line: 2, name: "g"),
    ]
    var wide = WideCounts()
    let row = { (function: Int32, firstEdge: Int32, edgeCount: Int32) in
      StatsProfile.Row(
        function: function,
        firstEdge: firstEdge,
        edgeCount: edgeCount,
        figures: CompactFigures(.zero, &wide)
      )
    }
    let record = Capture(
      id: ProfileID(given: "a"),
      start: Timestamp(nanoseconds: 0),
      profile: StatsProfile(
        functionTable: FunctionTable(functions),
        rows: [row(0, 1, 1), row(0, 0, 1), row(1, 0, 0)],
        edges: [1, 0].map { StatsProfile.Edge(caller: $0, .countOnly(3), &wide) }
      )
    )
    // Two rows of one function: no reader makes that, and still nothing is lost.
    _ = try await store.insert([record])
    #expect(try await images(store) == [RecordImage(record)])
  }
}

extension RandomRecords {
  /// The record with another id, and other files in all its functions.
  static func renamed(_ record: Capture, prefix: String) -> Capture {
    var renamed = record
    renamed.id = ProfileID(given: prefix)
    renamed.profile = StatsProfile(
      functions: record.profile.functions.map { row in
        var row = row
        row.function.file = ByteString(prefix + row.function.file.string)
        return row
      }
    )
    return renamed
  }
}

#endif
