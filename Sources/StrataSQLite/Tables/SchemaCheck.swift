// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataQuery

/// Whether a database has exactly the tables and indexes that this program makes.
///
/// A view in place of a table may never end, a trigger may change what is imported, and a flipped
/// bit may rename a column. SQLite trusts the schema in the file, so it is compared before
/// the first statement that reads a table.
enum SchemaCheck {
  /// One row of SQLite's own table of the schema.
  private struct Entry: Hashable {
    var type: String
    var name: String
    var table: String
    var sql: String
  }

  /// Fails unless the schema is that of some statements.
  ///
  /// What SQLite makes by itself is left out: the indexes of `UNIQUE` and `PRIMARY KEY` have no text,
  /// and the tables of `ANALYZE` and `AUTOINCREMENT` have names that nothing else can have.
  static func check(_ db: Database, against statements: String, path: String) throws {
    let found = try entries(db)
    let expected = Set(entries(of: statements))
    if let strange = found.first(where: { !expected.contains($0) }) {
      throw StoreError(
        damaged: "an unexpected \(strange.type) '\(strange.name)' among its tables",
        path: path
      )
    }
    if let missing = expected.subtracting(found).min(by: { $0.name < $1.name }) {
      throw StoreError(damaged: "no \(missing.type) '\(missing.name)'", path: path)
    }
  }

  private static func entries(_ db: Database) throws -> [Entry] {
    // sqlite_master is a table of its own format: no view can take its name.
    let rows = try Row.fetchAll(db, sql: "SELECT type, name, tbl_name, sql FROM sqlite_master")
    return try rows.compactMap { row in
      let name = try row.decode(String.self, forColumn: "name")
      let type = try row.decode(String.self, forColumn: "type")
      if name.hasPrefix("sqlite_"), ["table", "index"].contains(type) { return nil }
      return Entry(
        type: type,
        name: name,
        table: try row.decode(String.self, forColumn: "tbl_name"),
        sql: try row.decode(String?.self, forColumn: "sql") ?? ""
      )
    }
  }

  /// SQLite keeps the text of a statement as it was, from `CREATE` to before the semicolon.
  private static func entries(of statements: String) -> [Entry] {
    // By bytes: every opening of a store does this, and finding Characters takes ten times as long.
    let blank = [UInt8(ascii: " "), UInt8(ascii: "\n")]
    return statements.utf8.split(separator: UInt8(ascii: ";")).compactMap { statement in
      let sql = String(Substring(statement.drop { blank.contains($0) }))
      guard !sql.isEmpty else { return nil }
      let words = sql.utf8.split(maxSplits: 5) { blank.contains($0) || $0 == UInt8(ascii: "(") }
        .map { String(Substring($0)) }
      let isIndex = words[1] == "INDEX"
      return Entry(
        type: isIndex ? "index" : "table",
        name: words[2],
        table: isIndex ? words[4] : words[2],
        sql: sql
      )
    }
  }
}

#endif
