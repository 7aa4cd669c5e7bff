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
/// let isNew = try await store.insert([capture])
/// try await store.read { view in
///   try await view.scan(.all, columns: .selfTimes) { print($0.header.start) }
/// }
/// ```
///
/// Several processes may read and write one file at the same time. A capture that ``commit(_:)``
/// returned for is on the disk. The layout of the file is in `docs/store-format.md`.
public final class SQLiteStore: RollingUpStore, PrunableStore, VerifiableStore, CompactableStore,
  BackedUpStore, MeasuredStore
{
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
  private let viewConnections: ViewConnections
  let names = NameCache()
  let shapes = ShapeCache()
  let functionRegister = FunctionRegister()
  /// Commits wait for the disk, which no thread of Swift's pool should do.
  let commitQueue = DispatchQueue(label: "strata.commit")
  let waiting = Mutex<[WaitingCommit]>([])
  /// Held for the whole of a write, which is the only one of this process anyway.
  private let writerCache = Mutex(WriterCache())

  init(path: String, mode: Mode, pool: DatabasePool) {
    self.path = path
    self.mode = mode
    self.pool = pool
    viewConnections = ViewConnections(of: pool)
  }

  /// Writes captures in one transaction.
  func write(_ prepared: [PreparedRecord]) throws -> [Bool] {
    guard case .readWrite = mode else { throw StoreError(readOnlyAt: path) }
    guard !prepared.isEmpty else { return [] }
    return try StoreError.translating(path: path) { try writeNew(prepared) }
  }

  private func writeNew(_ prepared: [PreparedRecord]) throws -> [Bool] {
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
        let isNew = try prepared.map { try writer.insert($0) }
        try writer.finish()
        return isNew
      }
      cache.keepPending()
      return isNew
    }
  }

  /// Calls `body` with the present state of the store, whatever is written meanwhile.
  ///
  /// - Throws: `StoreError`, or what `body` throws.
  public func read<Result>(
    _ body: (any StoreView) async throws -> Result
  ) async throws -> Result {
    do {
      let connection = try viewConnections.begin()
      defer { viewConnections.end(connection) }
      return try await body(SQLiteView(self, on: connection))
    } catch {
      return try StoreError.translating(path: path) { throw error }
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
        try StoreError.checkVersion(db, path: path, oldest: StoreSchema.oldestReadableVersion)
        result = try body(db)
        return .commit
      }
      guard let result else { throw DatabaseError(resultCode: .SQLITE_INTERNAL) }
      return result
    }
  }

  /// Which of the captures are stored, or were until they were pruned.
  ///
  /// - Throws: `StoreError`.
  public func knownIDs(among ids: [ProfileID]) throws -> Set<ProfileID> {
    try StoreError.translating(path: path) {
      try reading { db in
        Set(try ids.filter { try RecordWriter.isKnown($0, db) })
      }
    }
  }
}

#endif
