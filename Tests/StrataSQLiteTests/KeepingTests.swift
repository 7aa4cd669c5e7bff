// SPDX-License-Identifier: Apache-2.0

#if Tools

import Foundation
import GRDB
import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Synchronization
import Testing

@testable import StrataSQLite

/// Room that comes back, and copies that are whole.
struct KeepingTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func filled(_ count: Int) async throws -> (store: SQLiteStore, records: [Capture]) {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomRecords(seed: 3)
    let records = (0..<count).map { random.record($0, .any, count: 40) }
    _ = try await store.insert(records)
    return (store, records)
  }

  private func images(_ store: SQLiteStore) async throws -> [ProfileID: RecordImage] {
    var images: [ProfileID: RecordImage] = [:]
    try await store.read { snapshot in
      try await snapshot.forEachCapture(.all) { images[$0.id] = RecordImage($0) }
    }
    return images
  }

  @Test func `compacting gives back what was deleted, while others write`() async throws {
    let (store, records) = try await filled(400)
    let before = try store.statistics(measuringContent: true)
    #expect(before.profileCount == 400)
    #expect(before.functionRows == records.reduce(0) { $0 + $1.profile.rows.count })
    #expect(before.edgeRows == records.reduce(0) { $0 + $1.profile.edges.count })
    try await store.pool.write { db in
      for table in ["lateCapture", "captureEdges", "capture"] {
        let column = table == "capture" ? "id" : "capture"
        try db.execute(sql: "DELETE FROM \(table) WHERE \(column) > 20")
      }
      try CaptureCounts.countAgain(db)
    }
    #expect(try store.statistics().freeByteCount > before.byteCount / 2)
    var late = records[399]
    late.id = ProfileID(given: "late")
    var steps: Set<CompactionProgress.Step> = []
    let report = try store.compact(endingBefore: Timestamp(nanoseconds: .min)) { progress in
      if progress.step == .releasingPages, steps.insert(.releasingPages).inserted {
        let news = try? store.insertNow([late])
        #expect(news == [true])
      }
      steps.insert(progress.step)
      return true
    }
    #expect(steps.contains(.removingShapes))
    #expect(report.bytesAfter < report.bytesBefore / 2)
    let after = try store.statistics()
    #expect(after.freeByteCount == 0)
    #expect(after.logByteCount == 0)
    #expect(after.byteCount == report.bytesAfter)
    #expect(try await images(store).count == 21)
    #expect(try await images(store)[late.id] == RecordImage(late))
  }

  @Test func `lists that no capture has are removed, and made again when they come`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomRecords(seed: 8)
    let record = random.record(0, .nanoseconds)
    let same = (0..<4).map { number in
      var same = record
      same.id = ProfileID(given: "\(number)")
      return same
    }
    _ = try await store.insert(same)
    #expect(try store.statistics().shapeCount == 1)
    #expect(try store.compact(endingBefore: Timestamp(nanoseconds: .min)).removedShapes == 0)
    try await store.pool.write { db in
      try db.execute(sql: "DELETE FROM captureEdges WHERE capture > 1")
      try db.execute(sql: "DELETE FROM capture WHERE id > 1")
      try CaptureCounts.countAgain(db)
    }
    #expect(try store.compact(endingBefore: Timestamp(nanoseconds: .min)).removedShapes == 1)
    #expect(try await store.insert(same) == [false, true, true, true])
    #expect(try await images(store)[same[3].id] == RecordImage(same[3]))
    #expect(try store.statistics().functionRows == 4 * record.profile.rows.count)
  }

  @Test func `a reader keeps the log, and nobody waits for it`() async throws {
    // Whoever waited for the reader would wait much longer than the test does.
    let store = try SQLiteStore.open(path: folder.file(), busyTimeout: Patience.bound * 10)
    var random = RandomRecords(seed: 3)
    _ = try await store.insert((0..<50).map { random.record($0, .any, count: 40) })
    let other = try DatabaseQueue(path: store.path)
    try await other.writeWithoutTransaction { db in
      try db.execute(sql: "BEGIN")
      _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM capture")
      _ = try store.insertNow([RandomRecords.renamed(filledRecord(), prefix: "new")])
      try Patience.run { _ = try store.compact(endingBefore: Timestamp(nanoseconds: .min)) }
      #expect(try store.statistics().logByteCount > 0)
      try db.execute(sql: "COMMIT")
    }
    try store.compact(endingBefore: Timestamp(nanoseconds: .min))
    #expect(try store.statistics().logByteCount == 0)
    // What was set for the moment is as before.
    let timeout = try await store.pool.writeWithoutTransaction {
      try $0.number("PRAGMA busy_timeout")
    }
    #expect(timeout == 6_000_000)
  }

  private func filledRecord() -> Capture {
    var random = RandomRecords(seed: 5)
    return random.record(0, .nanoseconds)
  }

  @Test func `a backup has all that was there when it began, and none of what came meanwhile`()
    async throws
  {
    let (store, records) = try await filled(400)
    let writer = try SQLiteStore.open(path: store.path)
    let path = folder("backup.db")
    var number = 0
    try store.backup(to: path, pagesPerStep: 20) { _, _ in
      number += 1
      let record = RandomRecords.renamed(records[number], prefix: "meanwhile-\(number)")
      let news = try writer.insertNow([record])
      #expect(news == [true])
    }
    #expect(number > 1)
    let copy = try SQLiteStore.open(path: path)
    #expect(
      try await images(copy) == Dictionary(uniqueKeysWithValues: records.map { ($0.id, .init($0)) })
    )
    #expect(try copy.verify().isWhole)
    #expect(try await images(store).count == 400 + number)
    #expect(try await copy.insert([records[0]]) == [false])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy {
        !$0.contains("partial")
      }
    )
  }

  @Test(arguments: [1, 100_000] as [CInt])
  func `a backup that is stopped leaves nothing, and one that is there stays`(
    pages: CInt
  ) async throws {
    let (store, _) = try await filled(20)
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try store.backup(to: folder("stopped.db"), pagesPerStep: pages) { _, _ in throw Stop() }
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy {
        !$0.hasPrefix("stopped")
      }
    )
    try folder.write("there.db", "mine".utf8)
    let error = #expect(throws: StoreError.self) { try store.backup(to: folder("there.db")) }
    #expect(error?.code == .exists)
    #expect(try String(contentsOfFile: folder("there.db"), encoding: .utf8) == "mine")
  }

  @Test func `a store that can be read alone is backed up, and not compacted`() async throws {
    let (store, records) = try await filled(3)
    let reader = try SQLiteStore.open(path: store.path, mode: .readOnly)
    try reader.backup(to: folder("backup.db"))
    let copy = try SQLiteStore.open(path: folder("backup.db"), mode: .readOnly)
    #expect(try await images(copy).count == records.count)
    #expect(throws: StoreError.self) {
      try reader.compact(endingBefore: Timestamp(nanoseconds: .max))
    }
  }
}

#endif
