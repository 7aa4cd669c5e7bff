// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import StrataStoreFormat

/// Writes and removes roll-ups inside a transaction.
struct RollupWriter {
  let db: Database

  /// Writes figures that one or more roll-ups are to have, of functions and of whole captures, and
  /// returns their number.
  func write(_ sums: ProfileSums, _ figures: CaptureFigures) throws -> Int64 {
    let profile = sums.ordered()
    // Blobs are bound to their row, so its number is needed before it is written.
    let sum = try db.nextID(of: "sum")
    func bound(_ blob: [UInt8], _ column: BlobPlace.Column) -> Data {
      Data(SealedBlob.bind(blob, to: BlobPlace(column: column, row: sum)))
    }
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO sum (id, functionCount, edgeCount, functions, selfTimes, figures)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    )
    try statement.execute(arguments: [
      sum, profile.shape.functions.count, profile.shape.edges.count,
      bound(profile.shape.functionBlob, .sumFunctions),
      bound(profile.selfTimeBlob, .sumSelfTimes),
      bound(profile.figureBlob, .sumFigures),
    ])
    try SumFigures.write(figures, of: sum, db)
    guard !profile.shape.edges.isEmpty else { return sum }
    let insert = "INSERT INTO sumEdges (sum, edges, figures) VALUES (?, ?, ?)"
    try db.cachedStatement(sql: insert).execute(arguments: [
      sum, bound(profile.shape.edgeBlob, .sumEdges), bound(profile.edgeFigureBlob, .sumEdgeFigures),
    ])
    return sum
  }

  /// Writes a roll-up in the place of the one there was.
  func write(_ row: RollupRow) throws {
    // Removed first, and not replaced, so that its sum does not stay behind without a roll-up.
    try remove(row.key)
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO rollup (level, label, kind, clock, start, captureCount, sliceCount,
          unknownCount, firstStart, lastStart, longest, sum, checksum)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    )
    let columns: StatementArguments = [
      row.captureCount, row.sliceCount, row.unknownCount, row.firstStart, row.lastStart,
      row.longest, row.sum, row.checksum,
    ]
    try statement.execute(arguments: row.key.arguments + columns)
  }

  /// Removes a roll-up, and its figures unless others have them.
  func remove(_ key: RollupKey) throws {
    let query = """
      DELETE FROM rollup WHERE level = ? AND label = ? AND kind = ? AND clock = ? AND start = ?
      RETURNING sum
      """
    let statement = try db.cachedStatement(sql: query)
    if let sum = try Int64.fetchOne(statement, arguments: key.arguments) { try removeUnused([sum]) }
  }

  /// Removes all roll-ups of a slice, and returns how many there were.
  @discardableResult
  func removeAll(_ level: RollupLevel, _ start: Int64) throws -> Int {
    let query = "DELETE FROM rollup WHERE level = ? AND start = ? RETURNING sum"
    let statement = try db.cachedStatement(sql: query)
    let sums = try Int64.fetchAll(statement, arguments: [level.rawValue, start])
    // After all of them are gone: until then, labels that share a sum keep it for each other.
    try removeUnused(Set(sums))
    return sums.count
  }

  private func removeUnused(_ sums: Set<Int64>) throws {
    let isUsed = try db.cachedStatement(sql: "SELECT 1 FROM rollup WHERE sum = ? LIMIT 1")
    // Several labels share a sum, and so may a day and its only hour: it goes with the last of them.
    for sum in sums where try Int.fetchOne(isUsed, arguments: [sum]) == nil {
      for sql in [
        "DELETE FROM sumEdges WHERE sum = ?", "DELETE FROM sumFigure WHERE sum = ?",
        "DELETE FROM sum WHERE id = ?",
      ] {
        try db.cachedStatement(sql: sql).execute(arguments: [sum])
      }
    }
  }
}

extension Database {
  /// The number that the next row of a table with `AUTOINCREMENT` has, in a transaction that has the
  /// lock for writing.
  func nextID(of table: String) throws -> Int64 {
    // Not the largest id plus one: that of a row that was deleted must not come back, since caches
    // and checksums know rows by their ids.
    let statement = try cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = ?")
    return (try Int64.fetchOne(statement, arguments: [table]) ?? 0) + 1
  }
}

#endif
