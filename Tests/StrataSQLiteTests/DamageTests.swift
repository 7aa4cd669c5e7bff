// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataSQLite

struct DamageTests {
  private let folder: TemporaryFolder

  init() async throws {
    folder = try TemporaryFolder()
    var random = RandomRecords(seed: 1)
    let records = (0..<6).map { random.record($0, .patched) }
    _ = try await SQLiteStore.open(path: folder.file()).insert(records)
  }

  @Test func `a flipped bit in a blob is named with profile, column and byte`() async throws {
    try change("UPDATE capture SET selfTimes = ? WHERE id = 3", flippingByte: 10, of: "selfTimes")
    let store = try SQLiteStore.open(path: folder.file())
    let error = await #expect(throws: StoreError.self) {
      try await store.read { try await $0.scan(.all, columns: .selfTimes) { _ in } }
    }
    #expect(error?.code == .damaged)
    #expect(error?.location?.table == "capture")
    #expect(error?.location?.row == 3)
    #expect(error?.location?.column == "selfTimes")
    #expect(error?.location?.offset != nil)
    #expect("\(try #require(error))".contains("table capture, row 3, column selfTimes, byte"))
  }

  @Test func `a scan that needs no column does not look into blobs`() async throws {
    try change("UPDATE capture SET selfTimes = ? WHERE id = 3", flippingByte: 10, of: "selfTimes")
    var captures = 0
    try await SQLiteStore.open(path: folder.file()).read { snapshot in
      try await snapshot.scan(.all, columns: []) { _ in captures += 1 }
    }
    #expect(captures == 6)
  }

  @Test(arguments: [
    "UPDATE capture SET kind = 'guessed' WHERE id = 2",
    "UPDATE capture SET clock = '' WHERE id = 2",
    "UPDATE capture SET weight = 0 WHERE id = 2",
    "UPDATE capture SET labelSet = 99 WHERE id = 2",
    "UPDATE capture SET functionCount = functionCount + 1 WHERE id = 2",
    "UPDATE capture SET edgeCount = edgeCount - 1 WHERE id = 2",
    "UPDATE capture SET profileID = x'00' WHERE id = 2",
    "UPDATE capture SET timeSource = 'clock' WHERE id = 2",
    "UPDATE capture SET functions = x'' WHERE id = 2",
    "UPDATE capture SET selfTimes = (SELECT figures FROM captureEdges WHERE capture = 2) WHERE id = 2",
    "UPDATE capture SET figures = selfTimes WHERE id = 2",
    "UPDATE capture SET start = start + 1 WHERE id = 2",
    "UPDATE capture SET duration = 5 WHERE id = 2",
    "UPDATE capture SET totalTime = totalTime + 1 WHERE id = 2",
    "UPDATE capture SET unit = 3 WHERE id = 2",
    "UPDATE capture SET unit = 2 WHERE id = 2",
    "UPDATE capture SET shape = 77, functions = NULL WHERE id = 2",
    "DELETE FROM captureEdges WHERE capture = 2",
    "DELETE FROM edge WHERE id = 5",
    "DELETE FROM function WHERE id = 5",
    "DELETE FROM string WHERE id = 2",
    "UPDATE OR REPLACE edge SET callee = caller",
    "DROP TABLE edge",
    "DROP INDEX captureStart",
  ])
  func `rows that do not fit together are damage, never a crash`(sql: String) async throws {
    try change(sql)
    for mode in [SQLiteStore.Mode.readOnly, .readWrite(create: false)] {
      let found = await code {
        try await images(SQLiteStore.open(path: folder.file(), mode: mode))
      }
      #expect(found == .damaged)
    }
  }

  @Test func `values of a wrong type are another value or damage, never a crash`() async throws {
    let schema =
      "UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'capture'"
    try change("PRAGMA writable_schema = ON; \(schema); PRAGMA writable_schema = OFF")
    for column in ["start", "kind", "weight", "functionCount", "totalTime", "labelSet"] {
      try change("UPDATE capture SET \(column) = x'FF00' WHERE id = 2")
      let found = await code { try await images(SQLiteStore.open(path: folder.file())) }
      #expect([nil, .damaged].contains(found))
    }
  }

  @Test func `any damaged page is an error or leaves what is read as it was`() async throws {
    let good = try await images(SQLiteStore.open(path: folder.file()))
    let bytes = try folder.read()
    var random = SeededGenerator(seed: 2)
    for page in 0..<bytes.count / 4096 {
      var damaged = bytes
      for _ in 0..<40 {
        let offset = Int.random(in: (page == 0 ? 100 : 0)..<4096, using: &random)
        damaged[page * 4096 + offset] = .random(in: 0...255, using: &random)
      }
      try folder.write(damaged, "damaged.strata")
      try await expectDamageOr(good, "damaged.strata")
    }
  }

  @Test func `a file cut short is damage`() async throws {
    let bytes = try folder.read()
    try folder.write(Array(bytes.prefix(bytes.count / 2)), "short.strata")
    #expect(
      await code { try await images(SQLiteStore.open(path: folder.file("short.strata"))) }
        == .damaged
    )
  }

  /// All that is read has a checksum, and all that is found is counted: it comes back right, or not at
  /// all.
  private func expectDamageOr(_ good: [RecordImage], _ name: String) async throws {
    do {
      let store = try SQLiteStore.open(path: folder.file(name), mode: .readOnly)
      try await store.read { snapshot in
        try await snapshot.scan(.all, columns: .selfTimes) {
          #expect($0.figures.functions.count <= 60)
        }
        try await snapshot.forEachCapture(.all) { _ in }
      }
      #expect(try await images(store) == good)
    } catch let error as StoreError {
      #expect(error.code == .damaged)
    }
  }

  private func change(_ sql: String) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: folder.file(), configuration: configuration)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
  }

  private func change(_ sql: String, flippingByte offset: Int, of column: String) throws {
    try DatabaseQueue(path: folder.file()).write { db in
      let query = "SELECT \(column) FROM capture WHERE id = 3"
      var blob = try #require(try Data.fetchOne(db, sql: query))
      blob[offset] ^= 4
      try db.execute(sql: sql, arguments: [blob])
    }
  }
}

#endif
