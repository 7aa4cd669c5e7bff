// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import StrataStoreFormat

extension StoreUpgrade {
  /// Moves rows in one transaction.
  struct Mover {
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
      // Deleted in the transaction that writes them: a crash leaves each row in one of the tables.
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
      // A name that is lost stays lost: a checksum that never matches says so whenever it is read.
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
      // Rows of this batch are still in the old table, so one of the two has every function. One
      // that is found there keeps its number when it is moved.
      for table in ["function", prefix + "function"] {
        let sql = "SELECT id FROM \(table) WHERE file = ? AND line = ? AND name = ?"
        let known = try db.cachedStatement(sql: sql)
        if let found = try Int32.fetchOne(known, arguments: [file, line, name]) { return found }
      }
      // Above the numbers of both tables: those that have yet to be moved are taken.
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
      // All strings were moved before the first function, so this table has the highest number.
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
      // Binding makes a new checksum, with which damaged bytes would look whole.
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
      // The old checksum vouches for the columns; without it a new one would vouch for damage.
      if isWhole, let kind = ProfileKind(rawValue: try text("kind")),
        let clock = ProfileClock(rawValue: try text("clock"))
      {
        let columns = HeaderColumns(
          id: id,
          start: try number("start"),
          duration: duration,
          figures: FigureKind(kind: kind, clock: clock),
          weight: try number("weight"),
          // Version 2 did not note it, and it cannot be told from the figures.
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
        // As for captures: what was damaged must not become whole.
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
