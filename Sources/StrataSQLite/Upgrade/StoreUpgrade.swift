// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import StrataStoreFormat
import StrataQuery

/// Brings a store of version 2 or 3 to version 4.
///
/// From version 3 one table is missing, which has no rows yet: figures of whole captures are read from
/// the captures themselves until their slices are rolled up again. One transaction makes it. What
/// follows is of version 2.
///
/// The first transaction renames all tables and makes the new ones; from then on the file has a
/// version that no program reads (``StoreSchema/upgradingVersion``). Rows then move from the old
/// tables to the new ones in batches, each in one transaction: what is in an old table has yet to
/// be moved, so an interrupted upgrade continues where it was, and no room for a second store is
/// needed. The last transaction counts the captures and gives the file its version.
///
/// Pages and names are checked first, since half an upgrade of a store that SQLite cannot read
/// would be worse than none. Rows of figures whose checksums do not match are moved unchanged,
/// with a checksum that never matches: an upgrade neither hides such damage nor fails over it.
struct StoreUpgrade {
  /// What old tables are called during the upgrade.
  static let prefix = "version2_"
  /// Some megabytes: each batch is one wait for the disk.
  private static let batch = 256
  private static let smallBatch = 4_096
  /// A checksum that no row has: others are not negative.
  static let broken: Int64 = -1

  let queue: DatabaseQueue
  let path: String
  let progress: (_ done: Int, _ total: Int) -> Bool

  /// Opens a store for an upgrade; rows are moved in an order that references do not follow.
  init(
    file: String,
    path: String,
    configuration: Configuration,
    progress: @escaping (Int, Int) -> Bool
  ) throws {
    var configuration = configuration
    configuration.foreignKeysEnabled = false
    queue = try DatabaseQueue(path: file, configuration: configuration)
    self.path = path
    self.progress = progress
    try queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA synchronous = EXTRA")
      // Renaming a table leaves the references of others to it alone.
      try db.execute(sql: "PRAGMA legacy_alter_table = ON")
    }
  }

  /// Upgrades, or continues an upgrade; returns whether the store is up to date now.
  func run() throws -> Bool {
    var done = 0
    var total = 0
    let version = try queue.read(StoreSchema.currentVersion)
    if version == 3 { return try addFigures() }
    if version == 2 {
      let counts = try checkSchema()
      for table in ["meta"] + Self.smallTables { try checkPages(of: table) }
      try checkLabelSets()
      try checkHeaders()
      // Each row is read twice: to be checked, and to be moved.
      total = 2 * counts.reduce(0) { $0 + $1.rows }
      for (table, rows) in counts {
        guard progress(done, total) else { return false }
        try checkPages(of: table)
        done += rows
      }
      try begin()
    } else {
      // Who began has checked all that there was: only moving is left.
      try takeOver()
      total = try queue.read { db in
        try Self.bigTables.reduce(0) { try $0 + Self.count(Self.prefix + $1, db) }
      }
    }
    for table in Self.bigTables {
      while true {
        guard progress(done, total) else { return false }
        // Two processes that upgrade take turns here: each batch looks for what is left.
        let moved = try move(table)
        guard moved > 0 else { break }
        done += moved
      }
    }
    guard progress(total, total) else { return false }
    try finish()
    return true
  }

  private func transaction<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try queue.writeWithoutTransaction { db in
      var result: Result?
      try db.inTransaction(.immediate) {
        result = try body(db)
        return .commit
      }
      guard let result else { throw DatabaseError(resultCode: .SQLITE_INTERNAL) }
      return result
    }
  }

  // MARK: - First and last

  private static let indexes = [
    "profileStart", "profileLabels", "profileDigest", "profileShape", "sliceOpen", "rollupStart",
    "rollupSum",
  ]
  /// Tables that hardly have rows.
  static let smallTables = [
    "label", "labelSet", "labelSetLabel", "figureKind", "slice",
  ]
  /// The tables that are moved batch by batch; names come first, since functions look for theirs.
  static let bigTables = [
    "string", "function", "edge", "shape", "profile", "sum", "rollup", "lateProfile",
    "prunedProfile",
  ]

  private func begin() throws {
    try transaction { db in
      // Another process may have begun since we looked.
      guard try StoreSchema.currentVersion(db) == 2 else { return }
      try SchemaCheck.check(db, against: Version2.tables, path: path)
      // A renamed table keeps its indexes under their names, which the new tables need; and rows
      // would leave the old tables the slower for each index.
      for index in Self.indexes { try db.execute(sql: "DROP INDEX \(index)") }
      for table in ["meta"] + Self.smallTables + Self.bigTables + ["profileEdges", "sumEdges"] {
        try db.execute(sql: "ALTER TABLE \(table) RENAME TO \(Self.prefix)\(table)")
      }
      try db.execute(sql: "DROP TABLE grdb_migrations")
      try db.execute(sql: StoreSchema.tables)
      for table in Self.smallTables {
        try db.execute(sql: "INSERT INTO \(table) SELECT * FROM \(Self.prefix)\(table)")
        try db.execute(sql: "DROP TABLE \(Self.prefix)\(table)")
      }
      for row in try Row.fetchAll(db, sql: "SELECT key, value FROM \(Self.prefix)meta") {
        let (key, value) = (
          try row.decode(String.self, forColumn: "key"),
          try row.decode(String.self, forColumn: "value")
        )
        try PrunedCaptures.set(key, value, db)
      }
      try db.execute(sql: "DROP TABLE \(Self.prefix)meta")
      // The first tallies there are, of rows that were compared with their second form before.
      try tally(db)
      try db.execute(sql: "PRAGMA user_version = \(StoreSchema.upgradingVersion)")
    }
  }

  /// Continues an upgrade to version 3, which that version began.
  private func takeOver() throws {
    try transaction { db in
      guard try StoreSchema.currentVersion(db) == StoreSchema.olderUpgradingVersion else { return }
      try db.execute(sql: StoreSchema.figures)
      try db.execute(sql: "PRAGMA user_version = \(StoreSchema.upgradingVersion)")
    }
  }

  /// Brings a store of version 3 to version 4, and returns whether it is.
  private func addFigures() throws -> Bool {
    guard progress(0, 1) else { return false }
    try transaction { db in
      // Another process may have done it since we looked.
      guard try StoreSchema.currentVersion(db) == 3 else { return }
      try SchemaCheck.check(db, against: StoreSchema.tables(of: 3), path: path)
      try db.execute(sql: StoreSchema.figures)
      try SumFigures.setLastWithout(try db.nextID(of: "sum") - 1, db)
      try db.execute(sql: "PRAGMA user_version = \(StoreSchema.version)")
    }
    _ = progress(1, 1)
    return true
  }

  private func tally(_ db: Database) throws {
    for row in try Row.fetchAll(db, sql: "SELECT kind, clock FROM figureKind") {
      try Tally.add(try FigureKind(row, path: path).tallyChecksum, to: .figureKinds, db)
    }
    let labels = try LabelMembership(db)
    for set in try Int32.fetchAll(db, sql: "SELECT id FROM labelSet ORDER BY id") {
      let texts = try labels.labels(of: set).sorted().compactMap { label in
        try Row.fetchOne(db, sql: "SELECT key, value FROM label WHERE id = ?", arguments: [label])
          .map { row in
            (
              key: [UInt8](try row.decode(Data.self, forColumn: "key")),
              value: [UInt8](try row.decode(Data.self, forColumn: "value"))
            )
          }
      }
      try Tally.add(NameChecksum.labelSet(set, texts), to: .labelSets, db)
    }
  }

  private func finish() throws {
    try transaction { db in
      guard try StoreSchema.currentVersion(db) == StoreSchema.upgradingVersion else { return }
      for table in Self.bigTables where try Self.count(Self.prefix + table, db) > 0 {
        throw StoreError(
          damaged: "rows of table \(table) that could not be upgraded",
          path: path
        )
      }
      // Counted at the end, when all rows are in the new tables: version 2 had no counts.
      try CaptureCounts.countAgain(db)
      try Tally.add(try PrunedCaptures.identities(db), to: .prunedCaptures, db)
      // Numbers are never reused, those of captures that are gone included.
      for (old, new) in [("profile", "capture"), ("shape", "shape"), ("sum", "sum")] {
        let last = try Int64.fetchOne(
          db,
          sql: "SELECT max(seq) FROM sqlite_sequence WHERE name IN (?, ?)",
          arguments: [Self.prefix + old, new]
        )
        try db.execute(sql: "DELETE FROM sqlite_sequence WHERE name = ?", arguments: [new])
        try db.execute(
          sql: "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
          arguments: [new, last ?? 0]
        )
      }
      for table in Self.bigTables + ["profileEdges", "sumEdges"] {
        try db.execute(sql: "DROP TABLE \(Self.prefix)\(table)")
      }
      try SumFigures.setLastWithout(try db.nextID(of: "sum") - 1, db)
      try db.execute(sql: "PRAGMA user_version = \(StoreSchema.version)")
    }
  }

  static func count(_ table: String, _ db: Database) throws -> Int {
    try db.number("SELECT count(*) FROM \(table)")
  }

  // MARK: - Moving

  /// Moves some rows of a table, and returns their number: 0 where none is left.
  private func move(_ table: String) throws -> Int {
    try transaction { db in
      guard try StoreSchema.currentVersion(db) == StoreSchema.upgradingVersion else { return 0 }
      let mover = Mover(db: db, path: path)
      switch table {
      case "string": return try mover.each(table, Self.smallBatch, mover.string)
      case "function": return try mover.each(table, Self.smallBatch, mover.function)
      case "edge": return try mover.each(table, Self.smallBatch, mover.edge)
      case "shape": return try mover.each(table, Self.batch, mover.shape)
      case "profile": return try mover.each(table, edges: "profileEdges", Self.batch, mover.capture)
      case "sum": return try mover.each(table, edges: "sumEdges", Self.batch, mover.sum)
      case "rollup": return try mover.rollups(Self.smallBatch)
      case "lateProfile":
        return try mover.keys(table, "level, start, profile", to: "lateCapture", Self.smallBatch)
      default: return try mover.keys(table, "profileID", to: "prunedCapture", Self.smallBatch)
      }
    }
  }
}

#endif
