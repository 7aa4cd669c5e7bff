// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore

/// Brings a store of version 2 to version 3.
///
/// The first transaction renames all tables and makes the new ones; from then on the file has a
/// version that no program reads (``StoreSchema/upgradingVersion``). Rows then move from the old
/// tables to the new ones in batches, each in one transaction: what is in an old table has yet to
/// be moved, so an interrupted upgrade continues where it was, and no room for a second store is
/// needed. The last transaction counts the captures and gives the file its version.
///
/// Pages and names are checked first, since half an upgrade of a store that SQLite cannot read
/// would be worse than none. Rows of figures whose checksums do not match are moved as they are,
/// with a checksum that never matches: an upgrade neither hides such damage nor fails over it.
struct StoreUpgrade {
  /// What old tables are called during the upgrade.
  private static let prefix = "version2_"
  /// Some megabytes: each batch is one wait for the disk.
  private static let batch = 256
  private static let smallBatch = 4_096
  /// A checksum that no row has: others are not negative.
  private static let broken: Int64 = -1

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
    if try queue.read(StoreSchema.currentVersion) == 2 {
      let counts = try checkSchema()
      for table in ["meta"] + Self.smallTables { try checkPages(of: table) }
      try checkLabelSets()
      try checkHeaders()
      total = 2 * counts.reduce(0) { $0 + $1.rows }
      for (table, rows) in counts {
        guard progress(done, total) else { return false }
        try checkPages(of: table)
        done += rows
      }
      try begin()
    } else {
      total = try queue.read { db in
        try Self.bigTables.reduce(0) { try $0 + Self.count(Self.prefix + $1, db) }
      }
    }
    for table in Self.bigTables {
      while true {
        guard progress(done, total) else { return false }
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
  private static let smallTables = [
    "label", "labelSet", "labelSetLabel", "figureKind", "slice",
  ]
  /// The tables that are moved batch by batch; names come first, since functions look for theirs.
  private static let bigTables = [
    "string", "function", "edge", "shape", "profile", "sum", "rollup", "lateProfile",
    "prunedProfile",
  ]

  /// Compares the schema with that of version 2, and counts the rows of each table to be moved.
  private func checkSchema() throws -> [(table: String, rows: Int)] {
    try queue.read { db in
      do {
        try SchemaCheck.check(db, against: Version2.tables, path: path)
      } catch var error as StoreError {
        error.advice = Self.adviceOnDamage
        throw error
      }
      return try Self.bigTables.map { ($0, try Self.count($0, db)) }
    }
  }

  /// Lets SQLite check the pages of a table and of its edges.
  ///
  /// Version 2 had no checksums of names, labels and keys of roll-ups: their indexes are the only
  /// second copy, and are compared. Those of captures and sums, whose rows have checksums, are made
  /// anew, so that it does not matter if they are damaged; but one that has more entries than the
  /// table has rows tells that captures are lost.
  private func checkPages(of table: String) throws {
    let hasChecksums = table == "profile" || table == "sum"
    let check = hasChecksums ? "quick_check" : "integrity_check"
    try queue.read { db in
      let edges = hasChecksums ? ["\(table)Edges"] : []
      for table in [table] + edges {
        let messages = try String.fetchAll(db, sql: "PRAGMA \(check)(\(table))")
        guard let message = messages.first(where: { $0 != "ok" }) else { continue }
        // SQLite sets a line with the name of the database before the finding.
        throw damage("\(message.split(separator: "\n").last ?? "") (table \(table))")
      }
      guard table == "profile" else { return }
      let rows = try db.number("SELECT count(*) FROM profile NOT INDEXED")
      for index in ["profileStart", "profileLabels"] {
        let entries = try db.number("SELECT count(*) FROM profile INDEXED BY \(index)")
        guard entries <= rows else {
          throw damage("\(rows) captures where index \(index) has \(entries)")
        }
      }
    }
  }

  /// Compares the two forms of label sets.
  private func checkLabelSets() throws {
    try queue.read { db in
      let members = try LabelMembership(db)
      for row in try Row.fetchAll(db, sql: "SELECT id, labels FROM labelSet") {
        let set = try row.decode(Int32.self, atIndex: 0)
        var labels: [UInt8] = []
        for label in members.labels(of: set).sorted() {
          labels.appendLittleEndian(UInt32(bitPattern: label))
        }
        guard labels == [UInt8](try row.decode(Data.self, atIndex: 1)) else {
          throw damage("a label set \(set) that has other labels in table labelSetLabel")
        }
      }
    }
  }

  /// Checks the columns of captures and roll-ups that are not blobs.
  ///
  /// A capture whose kind, labels or start are wrong would be missing where questions look for it, and
  /// from the counts, which are made from what there is.
  private func checkHeaders() throws {
    try queue.read { db in
      let captures = try Row.fetchCursor(
        db,
        sql: "SELECT \(Version2.Header.ofCapture) FROM profile"
      )
      while let row = try captures.next() {
        guard try Version2.Header(capture: row).isWhole(row) else {
          throw damage(
            "capture \(row["id"] as Int64? ?? 0), whose columns are not what was written"
          )
        }
      }
      let rollups = try Row.fetchCursor(db, sql: "SELECT * FROM rollup")
      while let row = try rollups.next() {
        guard try Version2.Header(rollup: row).isWhole(row) else {
          throw damage("a roll-up whose columns are not what was written")
        }
      }
      // Questions look for captures of these kinds and clocks alone.
      let strange = try String.fetchOne(
        db,
        sql: """
          SELECT kind || ', ' || clock FROM (
            SELECT kind, clock FROM profile UNION SELECT kind, clock FROM rollup
            EXCEPT SELECT kind, clock FROM figureKind
          )
          """
      )
      if let strange { throw damage("captures that are \(strange), which the list of these lacks") }
    }
  }

  private func damage(_ found: String) -> StoreError {
    var error = StoreError(damaged: found, path: path)
    error.advice = Self.adviceOnDamage
    return error
  }

  private static let adviceOnDamage =
    "nothing was changed: restore the file from a copy, import the profiles into a new store, or let "
    + "the Strata that wrote it export what is whole"

  private func begin() throws {
    try transaction { db in
      // Another process may have begun since we looked.
      guard try StoreSchema.currentVersion(db) == 2 else { return }
      try SchemaCheck.check(db, against: Version2.tables, path: path)
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
          try row.decode(String.self, atIndex: 0), try row.decode(String.self, atIndex: 1)
        )
        try PrunedCaptures.set(key, value, db)
      }
      try db.execute(sql: "DROP TABLE \(Self.prefix)meta")
      try tally(db)
      try db.execute(sql: "PRAGMA user_version = \(StoreSchema.upgradingVersion)")
    }
  }

  private func tally(_ db: Database) throws {
    for row in try Row.fetchAll(db, sql: "SELECT kind, clock FROM figureKind") {
      try Tally.add(try FigureKind(row, 0, path: path).tallyChecksum, to: .figureKinds, db)
    }
    let labels = try LabelMembership(db)
    for set in try Int32.fetchAll(db, sql: "SELECT id FROM labelSet ORDER BY id") {
      let texts = try labels.labels(of: set).sorted().compactMap { label in
        try Row.fetchOne(db, sql: "SELECT key, value FROM label WHERE id = ?", arguments: [label])
          .map { row in
            (
              key: [UInt8](try row.decode(Data.self, atIndex: 0)),
              value: [UInt8](try row.decode(Data.self, atIndex: 1))
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
      try db.execute(sql: "PRAGMA user_version = \(StoreSchema.version)")
    }
  }

  private static func count(_ table: String, _ db: Database) throws -> Int {
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

  /// Moves rows in one transaction.
  private struct Mover {
    let db: Database
    let path: String

    private func insert(_ table: String, _ values: StatementArguments, count: Int) throws {
      let marks = repeatElement("?", count: count).joined(separator: ", ")
      let sql = "INSERT INTO \(table) VALUES (\(marks))"
      try db.cachedStatement(sql: sql).execute(arguments: values)
    }

    /// Moves the rows with the lowest numbers.
    func each(
      _ table: String,
      edges: String? = nil,
      _ limit: Int,
      _ body: (Int64, Row) throws -> Void
    ) throws -> Int {
      let sql = "SELECT * FROM \(prefix)\(table) ORDER BY id LIMIT \(limit)"
      let rows = try Row.fetchAll(db, sql: sql)
      for row in rows { try body(try row.decode(Int64.self, forColumn: "id"), row) }
      guard let last = try rows.last?.decode(Int64.self, forColumn: "id") else { return 0 }
      try db.execute(sql: "DELETE FROM \(prefix)\(table) WHERE id <= ?", arguments: [last])
      if let edges {
        let parent = edges.dropLast("Edges".count)
        let delete = "DELETE FROM \(prefix)\(edges) WHERE \(parent) <= ?"
        try db.execute(sql: delete, arguments: [last])
      }
      return rows.count
    }

    /// Moves rows that are nothing but a key.
    func keys(_ table: String, _ key: String, to new: String, _ limit: Int) throws -> Int {
      let some = "SELECT \(key) FROM \(prefix)\(table) ORDER BY \(key) LIMIT \(limit)"
      try db.execute(sql: "INSERT INTO \(new) \(some)")
      try db.execute(sql: "DELETE FROM \(prefix)\(table) WHERE (\(key)) IN (\(some))")
      return db.changesCount
    }

    // MARK: Names

    func string(_ id: Int64, _ row: Row) throws {
      let bytes = try row.decode(Data.self, forColumn: "bytes")
      let checksum = NameChecksum.string([UInt8](bytes), id: Int32(truncatingIfNeeded: id))
      try insert("string", [id, bytes, checksum], count: 3)
    }

    func edge(_ id: Int64, _ row: Row) throws {
      let (caller, callee) = (
        try row.decode(Int32.self, forColumn: "caller"),
        try row.decode(Int32.self, forColumn: "callee")
      )
      let number = Int32(truncatingIfNeeded: id)
      let checksum = NameChecksum.edge(number, caller: caller, callee: callee)
      try insert("edge", [id, caller, callee, checksum], count: 4)
    }

    /// Moves a function, and finds its canonical one again: version 2 had another rule.
    func function(_ id: Int64, _ row: Row) throws {
      let file = try row.decode(Int32.self, forColumn: "file")
      let line = try row.decode(Int.self, forColumn: "line")
      let name = try row.decode(Int32.self, forColumn: "name")
      let number = Int32(truncatingIfNeeded: id)
      guard let bytes = try string(name) else {
        return try insert("function", [id, file, line, name, id, broken], count: 6)
      }
      // The rule looks at the name alone.
      let function = Function(file: "", line: line, name: ByteString(bytes))
      let canonical = function.canonical.name
      let target =
        canonical == function.name
        ? number : try self.function(file, line, try stringID(canonical), besides: number)
      try insert(number, file, line, name, canonical: target)
    }

    private func insert(
      _ id: Int32,
      _ file: Int32,
      _ line: Int,
      _ name: Int32,
      canonical: Int32
    ) throws {
      let checksum = NameChecksum.function(
        id,
        file: file,
        line: line,
        name: name,
        canonical: canonical
      )
      try insert("function", [id, file, line, name, canonical, checksum], count: 6)
      guard canonical != id else { return }
      try Tally.add(NameChecksum.alias(id, of: canonical), to: .aliases, db)
    }

    /// The number of a canonical function, which was moved already, has yet to be moved, or is new.
    private func function(
      _ file: Int32,
      _ line: Int,
      _ name: Int32,
      besides id: Int32
    ) throws -> Int32 {
      for table in ["function", prefix + "function"] {
        let sql = "SELECT id FROM \(table) WHERE file = ? AND line = ? AND name = ?"
        let known = try db.cachedStatement(sql: sql)
        if let found = try Int32.fetchOne(known, arguments: [file, line, name]) { return found }
      }
      let last = try db.number(
        "SELECT max(id) FROM (SELECT max(id) AS id FROM function UNION ALL SELECT max(id) FROM "
          + "\(prefix)function)"
      )
      let new = Int32(truncatingIfNeeded: max(last, Int(id)) + 1)
      try insert(new, file, line, name, canonical: new)
      return new
    }

    private func string(_ id: Int32) throws -> [UInt8]? {
      let statement = try db.cachedStatement(sql: "SELECT bytes FROM string WHERE id = ?")
      return try Data.fetchOne(statement, arguments: [id]).map { [UInt8]($0) }
    }

    private func stringID(_ text: ByteString) throws -> Int32 {
      let bytes = Data(text.bytes)
      let known = try db.cachedStatement(sql: "SELECT id FROM string WHERE bytes = ?")
      if let id = try Int32.fetchOne(known, arguments: [bytes]) { return id }
      let id = Int32(truncatingIfNeeded: try db.number("SELECT max(id) FROM string") + 1)
      try insert("string", [id, bytes, NameChecksum.string(text.bytes, id: id)], count: 3)
      return id
    }

    // MARK: Figures

    /// A blob with the checksum of its new place; one that does not match if the old one did not.
    private func bound(_ blob: Data?, _ column: BlobPlace.Column, _ row: Int64) -> Data? {
      guard let blob, blob.count >= SealedBlob.checksumLength else { return blob }
      let bytes = [UInt8](blob)
      let end = bytes.count - SealedBlob.checksumLength
      let isWhole =
        CRC32C.checksum(of: bytes.span.extracting(0..<end))
        == SealedBlob.load32(bytes.span, at: end)
      var moved = SealedBlob.bind(bytes, to: BlobPlace(column: column, row: row))
      if !isWhole { moved[end] ^= 0xFF }
      return Data(moved)
    }

    private func blob(_ row: Row, _ column: String) throws -> Data? {
      try row.decode(Data?.self, forColumn: column)
    }

    func shape(_ id: Int64, _ row: Row) throws {
      let values: StatementArguments = [
        id, try blob(row, "digest"), try row.decode(Int64.self, forColumn: "functionCount"),
        try row.decode(Int64.self, forColumn: "edgeCount"),
        bound(try blob(row, "functions"), .shapeFunctions, id),
        bound(try blob(row, "edges"), .shapeEdges, id),
      ]
      try insert("shape", values, count: 6)
    }

    func sum(_ id: Int64, _ row: Row) throws {
      let values: StatementArguments = [
        id, try row.decode(Int64.self, forColumn: "functionCount"),
        try row.decode(Int64.self, forColumn: "edgeCount"),
        bound(try blob(row, "functions"), .sumFunctions, id),
        bound(try blob(row, "selfTimes"), .sumSelfTimes, id),
        bound(try blob(row, "figures"), .sumFigures, id),
      ]
      try insert("sum", values, count: 6)
      try edges("sumEdges", "sum", id, .sumEdges, .sumEdgeFigures)
    }

    private func edges(
      _ table: String,
      _ parent: String,
      _ id: Int64,
      _ edges: BlobPlace.Column,
      _ figures: BlobPlace.Column
    ) throws {
      let query = "SELECT edges, figures FROM \(prefix)\(table) WHERE \(parent) = ?"
      guard let row = try Row.fetchOne(try db.cachedStatement(sql: query), arguments: [id]) else {
        return
      }
      let new = table == "profileEdges" ? "captureEdges" : table
      let values: StatementArguments = [
        id, bound(try blob(row, "edges"), edges, id), bound(try blob(row, "figures"), figures, id),
      ]
      try insert(new, values, count: 3)
    }

    func capture(_ id: Int64, _ row: Row) throws {
      let number = { (column: String) in try row.decode(Int64.self, forColumn: column) }
      let text = { (column: String) in try row.decode(String.self, forColumn: column) }
      let profileID = try row.decode(Data.self, forColumn: "profileID")
      let duration = try row.decode(Int64?.self, forColumn: "duration")
      let shape = try row.decode(Int64?.self, forColumn: "shape")
      let isWhole = try Version2.Header(capture: row).isWhole(row)
      let record = RecordColumns(
        profileID: [UInt8](profileID),
        timeSource: try text("timeSource"),
        totalTime: try number("totalTime"),
        digest: try number("digest")
      )
      var checksum = broken
      if isWhole, let kind = ProfileKind(rawValue: try text("kind")),
        let clock = ProfileClock(rawValue: try text("clock"))
      {
        let columns = HeaderColumns(
          id: id,
          start: try number("start"),
          duration: duration,
          figures: FigureKind(kind: kind, clock: clock),
          weight: try number("weight"),
          covers: .unknown,
          labelSet: try number("labelSet"),
          functionCount: try number("functionCount"),
          edgeCount: try number("edgeCount"),
          unit: try number("unit"),
          shape: shape
        )
        checksum = columns.checksum
      }
      var values: StatementArguments = [
        id, profileID, try number("start"), duration, try text("kind"), try text("clock"),
        try number("weight"), Coverage.unknown.code, try number("labelSet"),
        try number("functionCount"), try number("edgeCount"), try number("unit"), shape, checksum,
      ]
      values += [
        record.timeSource, record.totalTime, record.digest,
        isWhole ? record.checksum(row: id) : broken,
        bound(try blob(row, "functions"), .captureFunctions, id),
        bound(try blob(row, "selfTimes"), .captureSelfTimes, id),
        bound(try blob(row, "figures"), .captureFigures, id),
      ]
      try insert("capture", values, count: 21)
      try edges("profileEdges", "profile", id, .captureEdges, .captureEdgeFigures)
    }

    /// Moves roll-ups; whether their captures cover calls or slices is not known.
    func rollups(_ limit: Int) throws -> Int {
      let key = "level, label, kind, clock, start"
      let old = "\(prefix)rollup"
      let some = "FROM \(old) ORDER BY \(key) LIMIT \(limit)"
      let rows = try Row.fetchAll(db, sql: "SELECT * \(some)")
      for row in rows {
        let number = { (column: String) in try row.decode(Int64.self, forColumn: column) }
        let text = { (column: String) in try row.decode(String.self, forColumn: column) }
        let longest = try row.decode(Int64?.self, forColumn: "longest")
        let counts = try ["captureCount", "firstStart", "lastStart", "sum"].map(number)
        let captures = counts[0]
        var checksum = broken
        if try Version2.Header(rollup: row).isWhole(row),
          let level = RollupLevel(rawValue: try text("level")),
          let kind = ProfileKind(rawValue: try text("kind")),
          let clock = ProfileClock(rawValue: try text("clock"))
        {
          let key = RollupKey(
            level: level,
            label: Int32(truncatingIfNeeded: try number("label")),
            kind: kind,
            clock: clock,
            start: try number("start")
          )
          let header = PieceHeader(
            captureCount: Int(captures),
            unknownCount: Int(captures),
            firstStart: counts[1],
            lastStart: counts[2],
            longest: longest
          )
          checksum = RollupRow(key, header, sum: counts[3]).checksum
        }
        var values: StatementArguments = [
          try text("level"), try number("label"), try text("kind"), try text("clock"),
          try number("start"), captures, 0, captures,
        ]
        values += [counts[1], counts[2], longest, counts[3], checksum]
        try insert("rollup", values, count: 13)
      }
      try db.execute(sql: "DELETE FROM \(old) WHERE (\(key)) IN (SELECT \(key) \(some))")
      return rows.count
    }
  }
}

#endif
