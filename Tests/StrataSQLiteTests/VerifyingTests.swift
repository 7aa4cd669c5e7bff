// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import StrataQuery
import StrataTestSupport
import Testing

@testable import StrataSQLite

struct VerifyingTests {
  private let folder: TemporaryFolder
  private let records: [Capture]

  init() async throws {
    folder = try TemporaryFolder()
    var random = RandomTraffic(seed: 11)
    records = random.batches().flatMap(\.self)
    let store = try SQLiteStore.open(path: folder.file())
    _ = try await store.insert(Array(records[..<350]))
    try store.rollUp(endingBefore: RandomTraffic.end)
    // Some are late.
    _ = try await store.insert(records)
  }

  @Test func `a store that is whole has no findings`() throws {
    let store = try SQLiteStore.open(path: folder.file())
    var report = try store.verify()
    #expect(report.findings == [])
    #expect(report.captures == records.count)
    #expect(report.rollups > 20)
    #expect(report.unprovenRollups == 0)
    _ = try store.prune(RetentionPolicy(captures: .seconds(40_000)), now: RandomTraffic.end)
    report = try store.verify()
    #expect(report.findings == [])
    #expect(report.unprovenRollups > 0)
  }

  @Test(arguments: ["selfTimes", "figures", "functions"])
  func `a damaged capture is named, and costs that capture only`(column: String) async throws {
    try flipByte(table: "capture", column: column, row: 7)
    let store = try SQLiteStore.open(path: folder.file())
    let report = try store.verify()
    #expect(report.findings.contains { $0.location?.table == "capture" && $0.location?.row == 7 })
    #expect(report.findings.allSatisfy { $0.location?.row == 7 })
    #expect(report.captures == records.count)
    #expect(try store.verify(removingDamaged: true).removedCaptures == 1)
    #expect(try store.verify().isWhole)
    try store.rollUp(endingBefore: RandomTraffic.end)
    #expect(try store.verify().isWhole)
    let rest = MemoryStore()
    _ = try await rest.insert(records.enumerated().filter { $0.offset != 6 }.map(\.element))
    let query = SliceQuery(ProfileSelection(kind: .traced), every: .seconds(3_600))
    #expect(try await store.slices(query) == rest.slices(query))
    // It can be imported again.
    #expect(try await store.insert([records[6]]) == [true])
  }

  @Test(arguments: [
    ("UPDATE sum SET selfTimes = zeroblob(30) WHERE id = 3", "sum"),
    ("UPDATE rollup SET captureCount = captureCount + 1 WHERE level = 'minute'", "rollup"),
    ("UPDATE rollup SET sum = (SELECT max(id) FROM sum)", "rollup"),
    ("DELETE FROM rollup WHERE level = 'minute'", "rollup"),
    ("UPDATE edge SET callee = 1 WHERE id = 9 AND caller <> 1", "capture"),
    ("UPDATE function SET canonical = 2 WHERE id = 4", "function"),
    ("DELETE FROM labelSetLabel WHERE label = 1", "labelSet"),
    ("DELETE FROM captureEdges WHERE capture = 4", "capture"),
    ("DELETE FROM string WHERE id = 3", "string"),
  ])
  func `what does not fit together is found`(sql: String, table: String) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    try DatabaseQueue(path: folder.file(), configuration: configuration)
      .writeWithoutTransaction { try $0.execute(sql: sql) }
    let report = try SQLiteStore.open(path: folder.file()).verify()
    if sql.hasPrefix("DELETE FROM rollup") {
      // What is not rolled up is read from the captures.
      #expect(report.isWhole)
    } else {
      #expect(!report.isWhole, "\(table)")
    }
  }

  @Test(arguments: [
    ("UPDATE rollup SET level = 'eon' WHERE level = 'minute'", 1),
    ("UPDATE rollup SET kind = 'guessed' WHERE level = 'minute'", 1),
    ("UPDATE function SET line = line + 7000 WHERE id IN (2, 5)", 2),
  ])
  func `what cannot be read keeps nothing else from being looked at`(
    sql: String,
    least: Int
  ) throws {
    try flipByte(table: "capture", column: "figures", row: 7)
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    try DatabaseQueue(path: folder.file(), configuration: configuration)
      .writeWithoutTransaction { try $0.execute(sql: sql) }
    let report = try SQLiteStore.open(path: folder.file()).verify()
    #expect(report.captures == records.count)
    #expect(report.findings.contains { $0.location?.table == "capture" && $0.location?.row == 7 })
    let others = report.findings.filter { $0.location?.table != "capture" }
    #expect(others.count >= least)
  }

  private func flipByte(table: String, column: String, row: Int64) throws {
    try DatabaseQueue(path: folder.file()).write { db in
      let query = "SELECT \(column) FROM \(table) WHERE id = ?"
      var blob = try #require(try Data.fetchOne(db, sql: query, arguments: [row]))
      blob[blob.count / 2] ^= 16
      let update = "UPDATE \(table) SET \(column) = ? WHERE id = ?"
      try db.execute(sql: update, arguments: [blob, row])
    }
  }
}

#endif
