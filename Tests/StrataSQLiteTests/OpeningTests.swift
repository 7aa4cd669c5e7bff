// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for permissions and the user's id.
import Foundation
import GRDB
import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataSQLite

struct OpeningTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func `a new store is made, with its folders, its id and its version`() throws {
    let path = folder.file("a/b/new.strata")
    let store = try SQLiteStore.open(path: path)
    #expect(try store.statistics().profileCount == 0)
    let header = try FileHeader(path: path)
    #expect(header == .database(applicationID: 0x5354_5241, userVersion: 0))
    let pragmas = ["user_version", "synchronous", "auto_vacuum", "page_size"]
    let values = try store.pool.writeWithoutTransaction { db in
      try pragmas.map { try Int.fetchOne(db, sql: "PRAGMA \($0)") }
    }
    #expect(values == [StoreSchema.version, 3, 2, 4096])
    #expect(try store.pool.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
  }

  @Test func `an empty file becomes a store`() async throws {
    try folder.write([])
    let store = try SQLiteStore.open(path: folder.file())
    #expect(try await store.insert(records(2)) == [true, true])
  }

  @Test func `a store that was closed is as it was`() async throws {
    let records = records(8)
    do { _ = try await SQLiteStore.open(path: folder.file()).insert(records) }
    for mode in [SQLiteStore.Mode.readOnly, .readWrite(create: false)] {
      let store = try SQLiteStore.open(path: folder.file(), mode: mode)
      #expect(try await images(store) == records.map(RecordImage.init))
      #expect(try store.knownIDs(among: records.map(\.id)) == Set(records.map(\.id)))
      #expect(try store.knownIDs(among: [ProfileID(given: "other")]) == [])
      let statistics = try store.statistics()
      #expect(statistics.profileCount == 8)
      #expect(statistics.firstStart == records.first?.start)
      #expect(statistics.lastStart == records.last?.start)
    }
  }

  @Test(arguments: [SQLiteStore.Mode.readOnly, .readWrite(create: false)])
  func `a store that does not exist is not made`(mode: SQLiteStore.Mode) throws {
    #expect(code { try SQLiteStore.open(path: folder.file("x/y"), mode: mode) } == .notFound)
    #expect(try folder.files == [])
  }

  @Test(arguments: [
    Array("just a text\n".utf8), Array("SQLite format 3\0".utf8),
    [UInt8](repeating: 0, count: 8192),
  ])
  func `a file that is no database is left as it is`(bytes: [UInt8]) throws {
    try folder.write(bytes)
    for mode in [SQLiteStore.Mode.readOnly, .readWrite(create: true)] {
      #expect(code { try SQLiteStore.open(path: folder.file(), mode: mode) } == .notAStore)
    }
    #expect(try folder.read() == bytes)
    #expect(try folder.files == ["profiles.strata"])
  }

  @Test(arguments: ["delete", "wal"])
  func `a database of another program is left as it is`(journal: String) throws {
    try makeDatabase("PRAGMA journal_mode = \(journal)")
    try makeDatabase("CREATE TABLE t (a); PRAGMA user_version = 1")
    let bytes = try folder.read()
    for mode in [SQLiteStore.Mode.readOnly, .readWrite(create: true)] {
      #expect(code { try SQLiteStore.open(path: folder.file(), mode: mode) } == .notAStore)
    }
    #expect(try folder.read() == bytes)
    #expect(try folder.files == ["profiles.strata"])
  }

  @Test(arguments: [
    (StoreSchema.version + 1, StoreError.Code.newerVersion),
    (StoreSchema.oldestVersion - 1, .unsupportedVersion),
  ])
  func `a store that is too new or too old is left as it is`(
    version: Int,
    expected: StoreError.Code
  ) async throws {
    do { _ = try await SQLiteStore.open(path: folder.file()).insert(records(2)) }
    try makeDatabase("PRAGMA user_version = \(version)")
    let bytes = try folder.read()
    for mode in [SQLiteStore.Mode.readOnly, .readWrite(create: true)] {
      #expect(code { try SQLiteStore.open(path: folder.file(), mode: mode) } == expected)
    }
    #expect(try folder.read() == bytes)
    #expect(try folder.files == ["profiles.strata"])
  }

  @Test func `a newer version that only the log knows is found too`() throws {
    let store = try SQLiteStore.open(path: folder.file())
    try store.pool.write { try $0.execute(sql: "PRAGMA user_version = \(StoreSchema.version + 1)") }
    let bytes = try folder.read()
    #expect(code { try SQLiteStore.open(path: folder.file()) } == .newerVersion)
    #expect(try folder.read() == bytes)
  }

  @Test func `a store that was begun and never finished is finished`() async throws {
    try makeDatabase("PRAGMA application_id = \(StoreSchema.applicationID)")
    #expect(code { try SQLiteStore.open(path: folder.file(), mode: .readOnly) } == .unfinished)
    #expect(try await SQLiteStore.open(path: folder.file()).insert(records(1)) == [true])
  }

  @Test func `a store whose making was cut off is made anew`() async throws {
    // What a crash leaves between the first page and the end of its transaction: a page, and a
    // journal (SQLite's file format, section 3) which says that there was none before.
    try makeDatabase("PRAGMA application_id = \(StoreSchema.applicationID)")
    var journal: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
    journal += [0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0x10, 0]
    journal += [UInt8](repeating: 0, count: 512 - journal.count)
    try folder.write(journal, "profiles.strata-journal")
    #expect(code { try SQLiteStore.open(path: folder.file(), mode: .readOnly) } == .readOnly)
    #expect(try await SQLiteStore.open(path: folder.file()).insert(records(1)) == [true])
    #expect(try await images(SQLiteStore.open(path: folder.file(), mode: .readOnly)).count == 1)
  }

  @Test func `many may make the same store at once`() async throws {
    let path = folder.file()
    let records = records(12)
    let news = try await withThrowingTaskGroup(of: Bool.self) { group in
      for record in records {
        group.addTask { try await Self.insert(record, path) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(news == [Bool](repeating: true, count: 12))
    #expect(try await images(SQLiteStore.open(path: path)).count == 12)
  }

  @concurrent
  private static func insert(_ record: Capture, _ path: String) async throws -> Bool {
    try await SQLiteStore.open(path: path).insert([record]) == [true]
  }

  @Test func `a store that is open for reading alone refuses records`() async throws {
    do { _ = try SQLiteStore.open(path: folder.file()) }
    let store = try SQLiteStore.open(path: folder.file(), mode: .readOnly)
    #expect(await code { try await store.insert(records(1)) } == .readOnly)
  }

  @Test func `a folder is no store`() throws {
    #expect(code { try SQLiteStore.open(path: folder.path) } == .cannotOpen)
  }

  @Test func `a pipe is no store, and nobody waits for it`() throws {
    // SAFETY: the path is a text that ends with a zero for the call.
    #expect(unsafe mkfifo(folder.file(), 0o600) == 0)
    for mode in [SQLiteStore.Mode.readOnly, .readWrite(create: true), .backup] {
      #expect(code { try SQLiteStore.open(path: folder.file(), mode: mode) } == .cannotOpen)
    }
  }

  @Test func `a copy never takes a name that belongs to the store`() async throws {
    let store = try SQLiteStore.open(path: folder.file())
    _ = try await store.insert(records(1))
    for suffix in ["-journal", "-wal", "-shm"] {
      let name = folder.file() + suffix
      #expect(throws: StoreError.self) { try store.backup(to: name) }
    }
    #expect(try !folder.files.contains { $0.hasSuffix("-journal") })
  }

  @Test func `names that SQLite takes for something else are names of files`() async throws {
    for name in ["file:x?mode=memory", ":memory:", "50%3f and ü"] {
      do { _ = try await SQLiteStore.open(path: folder.file(name)).insert(records(1)) }
      #expect(try folder.files.contains(name))
      #expect(
        try await images(SQLiteStore.open(path: folder.file(name), mode: .readOnly)).count == 1
      )
    }
  }

  // Permissions mean nothing to root.
  @Test(.enabled(if: geteuid() != 0), arguments: ["plain.strata", "50% ä?#.strata"])
  func `a store in a folder that cannot be written can be read`(name: String) async throws {
    do { _ = try await SQLiteStore.open(path: folder.file(name)).insert(records(3)) }
    let manager = FileManager.default
    try manager.setAttributes([.posixPermissions: 0o444], ofItemAtPath: folder.file(name))
    try manager.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
    defer { try? manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path) }
    #expect(try await images(SQLiteStore.open(path: folder.file(name), mode: .readOnly)).count == 3)
    #expect(code { try SQLiteStore.open(path: folder.file(name)) } != nil)
    #expect(code { try SQLiteStore.open(path: folder.file("new")) } == .cannotOpen)
  }

  private func makeDatabase(_ sql: String) throws {
    try DatabaseQueue(path: folder.file()).writeWithoutTransaction { try $0.execute(sql: sql) }
  }

  private func records(_ count: Int) -> [Capture] {
    var random = RandomRecords(seed: 1)
    return (0..<count).map { random.record($0, .patched) }
  }
}

/// The code of the store's error that `body` throws.
func code<Result>(_ body: () throws -> Result) -> StoreError.Code? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? StoreError)?.code
  }
}

/// The code of the store's error that `body` throws.
func code<Result>(_ body: () async throws -> Result) async -> StoreError.Code? {
  do {
    _ = try await body()
    return nil
  } catch {
    return (error as? StoreError)?.code
  }
}

extension SQLiteStore {
  /// Stores captures without leaving the thread, for tests that hold something meanwhile.
  @discardableResult
  func insertNow(_ captures: [Capture]) throws -> [Bool] {
    try write(captures.map { try prepare($0) })
  }
}

/// All records of a store.
func images(_ store: SQLiteStore) async throws -> [RecordImage] {
  try await store.read { snapshot in
    var images: [RecordImage] = []
    try await snapshot.forEachCapture(.all) { images.append(RecordImage($0)) }
    return images
  }
}

#endif
