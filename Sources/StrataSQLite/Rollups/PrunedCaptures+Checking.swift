// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataStoreFormat

// What is left of captures that are gone is the only copy. Identities that were lost would let the
// same captures be stored, and counted, once more; sums that were lost would be missed only when the
// finer ones, of which they were made, are gone as well.

extension PrunedCaptures {
  /// Keeps the identities of captures that are about to go.
  static func keepIdentities(of captures: [Int64], _ db: Database) throws {
    var kept = Tally()
    let query = try db.cachedStatement(sql: "SELECT profileID FROM capture WHERE id = ?")
    let insert = try db.cachedStatement(
      sql: "INSERT OR IGNORE INTO prunedCapture (profileID) VALUES (?)"
    )
    for capture in captures {
      guard let id = try Data.fetchOne(query, arguments: [capture]) else { continue }
      try insert.execute(arguments: [id])
      if db.changesCount > 0 { kept.add(checksum(id)) }
    }
    try Tally.add(kept, to: .prunedCaptures, db)
  }

  /// Fails where identities are missing.
  ///
  /// - Complexity: O(*n*) in the identities, none of which is read: some milliseconds for a million.
  static func checkIdentityCount(_ db: Database, path: String) throws {
    let found = try db.number("SELECT count(*) FROM prunedCapture")
    let written = try Tally(.prunedCaptures, db).rows
    guard found != written else { return }
    throw StoreError(
      damaged: "\(found) identities of pruned captures where \(written) were written",
      path: path
    )
  }

  /// All identities, to be compared with what was written.
  static func identities(_ db: Database) throws -> Tally {
    var found = Tally()
    let rows = try Data.fetchCursor(db, sql: "SELECT profileID FROM prunedCapture")
    while let id = try rows.next() { found.add(checksum(id)) }
    return found
  }

  private static func checksum(_ id: Data) -> UInt32 {
    CRC32C.checksum(of: [UInt8](id).span)
  }

  /// Fails where roll-ups of a level that are about to go are not in those of the next one.
  ///
  /// All captures of the time must be gone; what they held is in both levels then. What came late may be
  /// in one level before it is in the other, and its captures are there until it is in both.
  static func checkSums(
    of level: RollupLevel,
    in wider: RollupLevel,
    before end: Int64,
    _ db: Database,
    path: String
  ) throws {
    let width = wider.width
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT slice, captures FROM (
          SELECT start - (start % \(width) + \(width)) % \(width) AS slice, label, kind, clock,
            sum(captureCount) AS captures
          FROM rollup WHERE level = ?1 AND start < ?2 GROUP BY slice, label, kind, clock
        ) AS fine WHERE captures > coalesce((
          SELECT captureCount FROM rollup WHERE level = ?3 AND label = fine.label
            AND kind = fine.kind AND clock = fine.clock AND start = fine.slice
        ), 0) + (
          SELECT count(*) FROM lateCapture WHERE level = ?3 AND start = fine.slice
        ) LIMIT 1
        """,
      arguments: [level.rawValue, end, wider.rawValue]
    )
    guard let row else { return }
    let captures = try row.decode(Int64.self, forColumn: "captures")
    throw StoreError(
      damaged:
        "sums by the \(level.rawValue) of \(captures) captures "
        + "that no sum by the \(wider.rawValue) has",
      path: path,
      location: StoreError.Location(
        table: "rollup",
        row: try row.decode(Int64.self, forColumn: "slice"),
        column: wider.rawValue
      )
    )
  }
}

#endif
