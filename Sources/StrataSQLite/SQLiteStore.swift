// SPDX-License-Identifier: Apache-2.0

#if Tools

// Dispatch: the thread that waits for the disk.
import Dispatch
import GRDB
public import StrataCore
public import StrataQuery
import Synchronization

/// The embedded store: one SQLite file that keeps profiles bit for bit.
///
/// ```swift
/// let store = try SQLiteStore.open(path: "profiles.strata")
/// let isNew = try store.insert([record])
/// try store.read { snapshot in
///   try snapshot.scan(.all, columns: .selfTimes) { print($0.header.start, $0.figures.selfTimes.count) }
/// }
/// ```
///
/// Several processes may read and write one file at the same time. A record that ``insert(_:)``
/// returned for is on the disk. The layout of the file is in `docs/store-format.md`.
public final class SQLiteStore: ProfileStore {
  /// What may be done with a store.
  public enum Mode: Hashable, Sendable {
    /// Reading and writing; a file that does not exist, or is empty, becomes a store if `create`.
    case readWrite(create: Bool)
    /// Reading alone; the profiles in the file do not change.
    case readOnly
    /// ``backup(to:progress:)`` alone; it copies stores of older versions, too, which are not read.
    case backup
  }

  /// The file, as it was given.
  public let path: String
  let mode: Mode
  let pool: DatabasePool
  let names = NameCache()
  let shapes = ShapeCache()
  let functionRegister = FunctionRegister()
  let commitQueue = DispatchQueue(label: "strata.commit")
  /// Held for the whole of a write, which is the only one of this process anyway.
  private let writerCache = Mutex(WriterCache())

  init(path: String, mode: Mode, pool: DatabasePool) {
    self.path = path
    self.mode = mode
    self.pool = pool
  }

  /// Stores records in one transaction, all or none; they are durable when it returns.
  ///
  /// - Throws: `RecordError` as ``prepare(_:)`` does, or ``StoreError``.
  public func insert(_ records: [Capture]) throws -> [Bool] {
    guard case .readWrite = mode else { throw StoreError(readOnlyAt: path) }
    // A known id stays known, so what is encoded here in vain is at worst another process' news.
    var known = try storedIDs(among: records.map(\.id))
    return try write(
      try records.map { known.insert($0.id).inserted ? try prepare($0) : nil }
    )
  }

  /// Stores records that were prepared by ``prepare(_:)``, as ``insert(_:)`` does.
  ///
  /// - Throws: ``StoreError``.
  public func insert(prepared records: [PreparedRecord]) throws -> [Bool] {
    guard case .readWrite = mode else { throw StoreError(readOnlyAt: path) }
    return try write(records)
  }

  private func write(_ prepared: [PreparedRecord?]) throws -> [Bool] {
    guard prepared.contains(where: { $0 != nil }) else { return prepared.map { _ in false } }
    return try StoreError.translating(path: path) { try writeNew(prepared) }
  }

  private func writeNew(_ prepared: [PreparedRecord?]) throws -> [Bool] {
    try writerCache.withLock { cache in
      defer { cache.forgetPending() }
      let isNew = try pool.writeImmediately { db in
        // Exchanged, not copied: two owners of a table would make its next change copy it.
        var writer = RecordWriter(
          db: db,
          path: path,
          register: functionRegister,
          cache: WriterCache()
        )
        swap(&writer.cache, &cache)
        defer { swap(&writer.cache, &cache) }
        let isNew = try prepared.map { try $0.map { try writer.insert($0) } ?? false }
        try writer.finish()
        return isNew
      }
      cache.keepPending()
      return isNew
    }
  }

  /// Calls `body` with the state of the store as it is now, whatever is written meanwhile.
  ///
  /// - Throws: ``StoreError``, or what `body` throws.
  public func read<Result>(_ body: (any StoreView) throws -> Result) throws -> Result {
    try StoreError.translating(path: path) {
      try reading { try body(try snapshot($0)) }
    }
  }

  func snapshot(_ db: Database) throws -> SQLiteSnapshot {
    try SQLiteSnapshot(db: db, path: path, names: names, shapes: shapes)
  }

  /// Runs `body` in a read transaction, in that of the caller if it is reading already.
  func reading<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try pool.unsafeReentrantRead { db in
      guard !db.isInsideTransaction else { return try body(db) }
      var result: Result?
      try db.inTransaction(.deferred) {
        // Another process may have upgraded the store since it was opened.
        try StoreError.checkVersion(db, path: path)
        result = try body(db)
        return .commit
      }
      guard let result else { throw DatabaseError(resultCode: .SQLITE_INTERNAL) }
      return result
    }
  }

  /// Which of the captures are stored.
  public func storedIDs(among ids: [ProfileID]) throws -> Set<ProfileID> {
    try StoreError.translating(path: path) {
      try reading { db in
        Set(try ids.filter { try RecordWriter.isKnown($0, db) })
      }
    }
  }
}

#endif
