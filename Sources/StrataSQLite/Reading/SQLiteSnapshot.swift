// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for the span of Data, GRDB's blob.
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import GRDB
import StrataCore
import StrataQuery
import StrataStoreFormat

/// The store as one read transaction sees it.
struct SQLiteSnapshot {
  let db: Database
  let path: String
  let names: NameCache
  let shapes: ShapeCache
  let countedRanges = CountedRanges()
  /// Whether sums may know figures of whole captures: those of version 3 do not.
  let hasFigures: Bool
  /// The highest numbers there are, so that no blob can name others.
  let functionCount: Int32
  let edgeCount: Int32

  init(db: Database, path: String, names: NameCache, shapes: ShapeCache) throws {
    self.db = db
    self.path = path
    self.names = names
    self.shapes = shapes
    // Reading this first is also what begins the transaction.
    let oldest = StoreSchema.oldestReadableVersion
    hasFigures = try StoreError.checkVersion(db, path: path, oldest: oldest) > oldest
    // One step to the end of a B-tree each. Numbers have no gaps, so the last is also their count.
    functionCount = try Int32.fetchOne(db, sql: "SELECT max(id) FROM function") ?? 0
    edgeCount = try Int32.fetchOne(db, sql: "SELECT max(id) FROM edge") ?? 0
    try checkCounts()
  }

  /// Fails where numbers are higher than the file has room for rows: sums take memory by them.
  private func checkCounts() throws {
    let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
    let pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
    // A row and its places in two indexes take more than eight bytes.
    let most = pages * pageSize / 8
    for (table, count) in [("function", functionCount), ("edge", edgeCount)] where count > most {
      throw StoreError(
        damaged: "number \(count) in a file with room for at most \(most)",
        path: path,
        location: StoreError.Location(table: table, row: Int64(count), column: "id")
      )
    }
  }

  func function(_ id: FunctionID) throws -> Function {
    try StoreError.translating(path: path) {
      guard let number = Int32(exactly: id.index),
        let function = try names.function(number, db, path: path)
      else {
        throw StoreError(
          .damaged,
          path: path,
          location: StoreError.Location(table: "function", row: Int64(id.index), column: "id"),
          expected: "a function from 1 to \(functionCount)",
          found: "none with this number",
          advice: "use functions of the same store and snapshot"
        )
      }
      return function
    }
  }

  /// The functions whose names have an address, and those that stand for them.
  func functionAliases() throws -> [FunctionID: FunctionID]? {
    try StoreError.translating(path: path) {
      let rows = try Row.fetchCursor(
        db,
        sql: "SELECT \(AliasColumn.sql) FROM function WHERE canonical <> id"
      )
      // A row that lost its alias no longer matches the condition above, and its own checksum is
      // not looked at: only the tally shows that one is missing.
      var aliases: [FunctionID: FunctionID] = [:]
      var tally = Tally()
      while let row = try rows.next() {
        let function = try row.decode(Int32.self, AliasColumn.id)
        let canonical = try row.decode(Int32.self, AliasColumn.canonical)
        guard function >= 1, canonical >= 1, canonical <= functionCount else {
          throw StoreError(
            damaged: "function \(canonical) in place of another one",
            path: path,
            location: StoreError.Location(
              table: "function",
              row: Int64(function),
              column: "canonical"
            )
          )
        }
        aliases[FunctionID(function)] = FunctionID(canonical)
        tally.add(NameChecksum.alias(function, of: canonical))
      }
      try tally.check(.aliases, db, path: path)
      return aliases
    }
  }
}

/// A function and the one that stands for it.
private enum AliasColumn: String, ResultColumn {
  case id, canonical

  static let list = names(in: "function")
}

// MARK: - Blobs

extension SQLiteSnapshot {
  /// Calls `body` with the bytes of a blob where SQLite keeps them, once their checksum matches.
  func withBlob<Result>(
    _ row: StoredRow,
    _ figures: StoredFigures,
    _ blob: StoredFigures.Blob,
    _ body: (Span<UInt8>) throws(BlobError) -> Result
  ) throws -> Result {
    let place = figures.place(of: blob)
    do throws(BlobError) {
      return try row.withBytes(of: blob) { bytes throws(BlobError) in
        try SealedBlob.check(bytes, at: place)
        return try body(bytes)
      }
    } catch {
      throw StoreError(error, path: path, place)
    }
  }

  /// The same for a blob that is a column of its own table.
  func withBlob<Result>(
    _ row: StoredRow,
    _ column: some ResultColumn,
    _ place: BlobPlace,
    _ body: (Span<UInt8>) throws(BlobError) -> Result
  ) throws -> Result {
    do throws(BlobError) {
      return try row.withBytes(of: column) { bytes throws(BlobError) in
        try SealedBlob.check(bytes, at: place)
        return try body(bytes)
      }
    } catch {
      throw StoreError(error, path: path, place)
    }
  }

  /// Fails unless a shape has as many functions as the row says.
  func check(_ count: Int, _ place: StoredFigures, _ shape: Int64) throws {
    guard count == place.functionCount else {
      let found = "\(place.functionCount) functions where shape \(shape) has \(count)"
      throw place.damage("functionCount", found, path: path)
    }
  }
}

/// The captures of one state of a store that were counted and found complete: a question reads the same
/// ones in each of its passes.
final class CountedRanges {
  struct Key: Hashable {
    /// The label whose roll-ups were counted, 0 for all captures; nil where there are no roll-ups.
    var label: Int32?
    var kind: ProfileKind
    var clock: ProfileClock
    var labelSets: [Int32]?
    var range: Range<Int128>
    var level: RollupLevel?
    /// What roll-ups had to know to be among them.
    var figures: [Figure]
  }

  private var keys: Set<Key> = []

  /// Notes a range, and returns whether it has yet to be counted.
  func insert(_ key: Key) -> Bool { keys.insert(key).inserted }
}

#endif
