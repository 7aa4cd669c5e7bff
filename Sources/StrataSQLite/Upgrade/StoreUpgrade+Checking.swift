// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import StrataQuery

// What is looked at before the first row is moved. Half an upgrade of a store that cannot be read would
// be worse than none, and the counts of version 3 are made from what there is: what is wrong or missing
// now would be right for ever.

extension StoreUpgrade {
  /// Compares the schema with that of version 2, and counts the rows of each table to be moved.
  func checkSchema() throws -> [(table: String, rows: Int)] {
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
  /// again, so that it does not matter if they are damaged; but one that has more entries than the
  /// table has rows shows that captures are lost.
  func checkPages(of table: String) throws {
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
  func checkLabelSets() throws {
    try queue.read { db in
      let members = try LabelMembership(db)
      for row in try Row.fetchAll(db, sql: "SELECT id, labels FROM labelSet") {
        let set = try row.decode(Int32.self, forColumn: "id")
        let labels = try row.decode(Data.self, forColumn: "labels")
        guard members.blob(of: set) == labels else {
          throw damage("label set \(set), which differs from table labelSetLabel")
        }
      }
    }
  }

  /// Checks the columns of captures and roll-ups that are not blobs.
  ///
  /// A capture whose kind, labels or start are wrong would be missing where questions look for it, and
  /// from the counts, which are made from what there is.
  func checkHeaders() throws {
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
      if let strange { throw damage("captures that are \(strange), which the list of kinds lacks") }
    }
  }

  private func damage(_ found: String) -> StoreError {
    var error = StoreError(damaged: found, path: path)
    error.advice = Self.adviceOnDamage
    return error
  }

  private static let adviceOnDamage =
    "nothing was changed: restore the file from a backup, import the profiles into a new store, or "
    + "export what is intact with the version of Strata that wrote it"
}

#endif
