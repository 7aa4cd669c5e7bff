// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Thread.sleep and paths; GRDB brings it along anyway.
import Foundation
import GRDB
import StrataQuery

/// The steps from a path to a connection: look, create, connect, migrate.
struct StoreOpener {
  /// The path as it was given, for messages.
  let path: String
  /// The path for SQLite, which takes `file:` and `:memory:` at the start for something else.
  let file: String
  let busyTimeout: Duration

  init(path: String, busyTimeout: Duration) {
    self.path = path
    self.busyTimeout = busyTimeout
    file = URL(fileURLWithPath: path).path
  }

  // MARK: - Looking

  /// Whether the file is a new store; fails if it is anything but a store.
  func checkHeader(mode: SQLiteStore.Mode) throws(StoreError) -> Bool {
    switch try FileHeader(path: file) {
    case .missing:
      guard mode == .readWrite(create: true) else { throw StoreError(notFoundAt: path) }
      try Folders.createParent(of: file)
      return true
    case .empty:
      guard mode == .readWrite(create: true) else {
        throw StoreError(notAStore: "an empty file", path: path)
      }
      return true
    case .notSQLite:
      throw StoreError(notAStore: "a file that is not an SQLite database", path: path)
    case .database(let applicationID, let userVersion):
      try check(applicationID: applicationID, userVersion: Int(userVersion))
      return false
    }
  }

  private func check(applicationID: UInt32, userVersion: Int) throws(StoreError) {
    guard applicationID == StoreSchema.applicationID else {
      throw StoreError(
        notAStore: "a database of another program (application_id \(applicationID))",
        path: path
      )
    }
    guard userVersion <= StoreSchema.version || StoreSchema.isUpgrading(userVersion) else {
      throw StoreError(version: userVersion, path: path)
    }
    // A store whose tables are not made yet has none.
    guard userVersion == 0 || userVersion >= StoreSchema.oldestVersion else {
      throw StoreError(unreleasedVersion: userVersion, path: path)
    }
  }

  /// The same check as SQLite sees the file: the header may be older than the write-ahead log.
  ///
  /// - Returns: The version.
  @discardableResult
  private func check(_ db: Database) throws -> Int {
    let applicationID = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let version = try StoreSchema.currentVersion(db)
    try check(applicationID: UInt32(truncatingIfNeeded: applicationID), userVersion: version)
    return version
  }

  // MARK: - Connecting

  private var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "strata"
    let (seconds, attoseconds) = busyTimeout.components
    configuration.busyMode = .timeout(Double(seconds) + Double(attoseconds) * 1e-18)
    configuration.prepareDatabase { db in
      // Readers pass over what they read, so that a larger cache would be memory alone.
      let kilobytes = db.configuration.readonly ? 1_000 : 8_000
      try db.execute(sql: "PRAGMA cache_size = -\(kilobytes)")
      // The file may come from anywhere: its schema calls no function, cells are in their pages.
      try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
    }
    return configuration
  }

  private var readOnlyConfiguration: Configuration {
    var configuration = configuration
    configuration.readonly = true
    return configuration
  }

  /// Connects to a store that may be of an older version where `older` is set.
  func openReadOnly(older: Bool) throws -> DatabasePool {
    do {
      return try connectReadOnly(file, older: older)
    } catch let error as DatabaseError where canBeImmutable(after: error) {
      return try connectReadOnly(immutableURI, older: older)
    }
  }

  private func connectReadOnly(_ file: String, older: Bool) throws -> DatabasePool {
    let pool = try DatabasePool(path: file, configuration: readOnlyConfiguration)
    try pool.read { db in
      let version = try check(db)
      if older, version < StoreSchema.version { return }
      guard (StoreSchema.oldestReadableVersion...StoreSchema.version).contains(version) else {
        throw StoreError(olderVersion: version, path: path)
      }
      try SchemaCheck.check(db, against: StoreSchema.tables(of: version), path: path)
    }
    return pool
  }

  /// Whether the failure may be that SQLite cannot write its index of the log in the folder.
  ///
  /// Without a log there is no writer, and without a journal nothing was cut off: the file can then
  /// be read as one that does not change.
  private func canBeImmutable(after error: DatabaseError) -> Bool {
    guard [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode) else { return false }
    return ["-wal", "-journal"].allSatisfy { suffix in
      let header = try? FileHeader(path: file + suffix)
      return header == .missing || header == .empty
    }
  }

  private var immutableURI: String {
    let path = file.utf8.map { byte in
      switch UInt8(byte) {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        String(UnicodeScalar(byte))
      default:
        "%" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
      }
    }
    return "file:" + path.joined() + "?immutable=1"
  }

  /// Opens for writing; an older store is upgraded first, and its progress reported.
  func openReadWrite(
    isNew: Bool,
    upgrading progress: (_ done: Int, _ total: Int) -> Bool
  ) throws -> DatabasePool {
    let deadline = ContinuousClock.now + busyTimeout
    try FileSystem.check(folderOf: file, path: path)
    while true {
      do {
        if isNew { try createFile() } else if try isOlder() { try upgrade(progress) }
        return try connectReadWrite()
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        // Turning WAL on does not wait for a lock; two processes may create one store.
        guard ContinuousClock.now < deadline else { throw error }
        Thread.sleep(forTimeInterval: 0.02)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
        throw Folders.refusal(beside: file, path: path) ?? error
      }
    }
  }

  private func connectReadWrite() throws -> DatabasePool {
    let pool = try DatabasePool(path: file, configuration: configuration)
    try pool.writeWithoutTransaction { db in
      // GRDB's pool chooses NORMAL, with which the last commits may be lost in a power failure.
      try db.execute(sql: "PRAGMA synchronous = EXTRA")
      try check(db)
      // An error of the disk while the mode is changed would go unnoticed.
      guard try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal" else {
        throw StoreError(diskFailedAt: path, found: "one that did not accept the log's first page")
      }
    }
    try Folders.synchronizeLog(of: file)
    try pool.writeWithoutTransaction { db in
      try db.inTransaction(.immediate) {
        // Another process may have made the tables since we looked.
        if try StoreSchema.currentVersion(db) == 0 { try StoreSchema.create(db) }
        return .commit
      }
      let version = try check(db)
      guard version == StoreSchema.version else {
        throw StoreError(olderVersion: version, path: path)
      }
      try SchemaCheck.check(db, against: StoreSchema.tables, path: path)
      try PrunedCaptures.checkIdentityCount(db, path: path)
    }
    return pool
  }

  /// Whether there are tables of an older version, seen through a connection that cannot change them.
  private func isOlder() throws -> Bool {
    do {
      let queue = try DatabaseQueue(path: file, configuration: readOnlyConfiguration)
      let version = try queue.read { try check($0) }
      return version != 0 && version != StoreSchema.version
    } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
      // A crash left a journal that only a writer may roll back; the header has shown whose it is.
      // If the crash came while the file was created, nothing is left of it then.
      try createFile()
      return false
    }
  }

  // MARK: - Upgrading

  private func upgrade(_ progress: (_ done: Int, _ total: Int) -> Bool) throws {
    try withoutActuallyEscaping(progress) { progress in
      let upgrade = try StoreUpgrade(
        file: file,
        path: path,
        configuration: configuration,
        progress: progress
      )
      guard try upgrade.run() else { throw StoreError(upgradeStoppedAt: path) }
    }
    try Folders.synchronizeLog(of: file)
  }

  // MARK: - Creating

  /// Writes the header of a new store before anything else, with what cannot change later.
  ///
  /// It is not yet in WAL mode, so the application id is in the file itself: a plain look at the
  /// first bytes shows a store from then on. The mode of vacuum must come before the first page
  /// and writes it, so both share a transaction, lest someone see a header without the id.
  private func createFile() throws {
    let queue = try DatabaseQueue(path: file, configuration: configuration)
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA page_size = 4096")
      try db.inTransaction(.deferred) {
        try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        let applicationID = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        if tables == 0, applicationID == 0 {
          try db.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)")
        }
        return .commit
      }
    }
  }
}

#endif
