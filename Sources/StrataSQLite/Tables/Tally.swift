// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataQuery

/// How many rows a small table has, and what they say, stored separately from it.
///
/// These tables are read whole: a row that is missing or changed would change every answer, and
/// the others would not show it. The sum of checksums does not depend on their order, so a writer
/// can add a row without reading the others.
struct Tally: Equatable {
  /// What is tallied.
  enum Name: String, CaseIterable {
    case labelSets
    case figureKinds
    /// The functions that another one stands for.
    case aliases
    /// The identities of captures that are gone.
    case prunedCaptures
  }

  private(set) var rows: Int64 = 0
  private(set) var checksum: Int64 = 0

  init() {}

  init(_ name: Name, _ db: Database) throws {
    let query = "SELECT rows, checksum FROM tally WHERE name = ?"
    let statement = try db.cachedStatement(sql: query)
    guard let row = try Row.fetchOne(statement, arguments: [name.rawValue]) else { return }
    rows = try row.decode(Int64.self, forColumn: "rows")
    checksum = try row.decode(Int64.self, forColumn: "checksum")
  }

  mutating func add(_ checksum: UInt32) {
    rows &+= 1
    self.checksum &+= Int64(checksum)
  }

  /// Adds a row that was just written.
  static func add(_ checksum: UInt32, to name: Name, _ db: Database) throws {
    var row = Tally()
    row.add(checksum)
    try add(row, to: name, db)
  }

  /// Adds rows that were just written.
  static func add(_ rows: Tally, to name: Name, _ db: Database) throws {
    guard rows.rows > 0 else { return }
    let upsert = """
      INSERT INTO tally (name, rows, checksum) VALUES (?, ?, ?)
      ON CONFLICT (name) DO UPDATE
        SET rows = rows + excluded.rows, checksum = checksum + excluded.checksum
      """
    let arguments: StatementArguments = [name.rawValue, rows.rows, rows.checksum]
    try db.cachedStatement(sql: upsert).execute(arguments: arguments)
  }

  /// Fails unless these are all rows there are, as they were written.
  func check(_ name: Name, _ db: Database, path: String) throws {
    let written = try Tally(name, db)
    guard self != written else { return }
    throw StoreError(
      damaged: rows == written.rows
        ? "a row of \(name.rawValue) that differs from what was written"
        : "\(rows) \(name.rawValue) where \(written.rows) were written",
      path: path
    )
  }
}

#endif
