// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for FileManager.
import Foundation
import GRDB
public import StrataQuery

extension SQLiteStore {
  /// Reads everything, and compares it with its checksums and with one another: pages, dictionaries,
  /// every capture, counts, and every roll-up with the captures or finer roll-ups that it holds.
  ///
  /// Damage in one capture costs that capture: it is named, and the rest is read. Others may write
  /// meanwhile; what was there at the beginning is verified.
  ///
  /// - Parameters:
  ///   - removingDamaged: Whether captures whose own checksums fail are removed, so that questions
  ///     are answered again. They are first written to a file beside the store
  ///     (`VerificationReport/removedTo`), and their slices are rolled up again. Nothing is
  ///     removed where SQLite finds damaged pages, or names are damaged: captures that look damaged
  ///     may then be whole.
  ///   - progress: Called with how many captures and roll-ups are done and how many there are;
  ///     returns whether to continue.
  /// - Returns: What was read, and what of it is not as it was written.
  /// - Throws: `StoreError` where the store cannot be read at all.
  /// - Complexity: O(*n*) in all figures, times the labels of the captures.
  public func verify(
    removingDamaged: Bool = false,
    progress: (_ done: Int, _ total: Int) -> Bool = { _, _ in true }
  ) throws -> VerificationReport {
    try StoreError.translating(path: path) {
      var (report, damaged) = try reading { db in
        // Read again, and not from what this process remembers.
        let snapshot = try SQLiteSnapshot(
          db: db,
          path: path,
          names: NameCache(),
          shapes: ShapeCache()
        )
        var verifier = try Verifier(snapshot)
        try verifier.run(progress)
        var report = verifier.report
        report.isWiderDamage = verifier.isWiderDamage
        return (report, verifier.damagedCaptures)
      }
      guard removingDamaged, !damaged.isEmpty, !report.isWiderDamage else { return report }
      guard case .readWrite = mode else { throw StoreError(readOnlyAt: path) }
      report.removedTo = try writeOut(damaged)
      try remove(damaged)
      report.removedCaptures = damaged.count
      return report
    }
  }

  // MARK: - Removing

  /// Writes captures unchanged into a database of their own, durably; returns its path.
  private func writeOut(_ captures: [Int64]) throws -> String {
    let file = freeName()
    do {
      let queue = try DatabaseQueue(path: file)
      try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = EXTRA") }
      try queue.write { copy in
        for (table, key) in [("capture", "id"), ("captureEdges", "capture")] {
          try reading { db in
            for capture in captures {
              let query = "SELECT * FROM \(table) WHERE \(key) = ?"
              guard let row = try Row.fetchOne(db, sql: query, arguments: [capture]) else {
                continue
              }
              let columns = row.columnNames.joined(separator: ", ")
              let marks = row.map { _ in "?" }.joined(separator: ", ")
              // Columns without types, which keep whatever a damaged row has in them.
              try copy.execute(sql: "CREATE TABLE IF NOT EXISTS \(table) (\(columns))")
              try copy.execute(
                sql: "INSERT INTO \(table) (\(columns)) VALUES (\(marks))",
                arguments: StatementArguments(row.databaseValues)
              )
            }
          }
        }
      }
      try queue.close()
      try Folders.synchronize(URL(fileURLWithPath: file).deletingLastPathComponent())
    } catch let error as DatabaseError {
      throw StoreError(error, path: file)
    }
    return file
  }

  private func freeName() -> String {
    var number = 1
    while FileManager.default.fileExists(atPath: "\(path).removed-\(number)") { number += 1 }
    return "\(path).removed-\(number)"
  }

  /// Removes captures, and the roll-ups of their slices, which are to be made again.
  private func remove(_ captures: [Int64]) throws {
    try pool.writeImmediately { db in
      let pruned = try PrunedCaptures.bound(of: nil, db) ?? .min
      for capture in captures {
        // The start may be what is damaged: that in the index is another copy of it.
        let query = """
          SELECT start FROM capture WHERE id = ?1
          UNION SELECT start FROM capture INDEXED BY captureStart WHERE +id = ?1
          """
        let starts = try Int64.fetchAll(db, sql: query, arguments: [capture])
        for sql in [
          "DELETE FROM captureEdges WHERE capture = ?", "DELETE FROM lateCapture WHERE capture = ?",
          "DELETE FROM capture WHERE id = ?",
        ] {
          try db.execute(sql: sql, arguments: [capture])
        }
        for level in RollupLevel.allCases {
          for start in starts where start >= pruned {
            guard let sliceStart = level.sliceStart(of: start) else { continue }
            let slice = Slice(level: level, start: sliceStart)
            try RollupWriter(db: db).removeAll(level, sliceStart)
            let late = "DELETE FROM lateCapture WHERE level = ? AND start = ?"
            try db.execute(sql: late, arguments: slice.arguments)
            try SliceState.open.set(slice, db)
          }
        }
      }
      try CaptureCounts.countAgain(db)
    }
  }
}

#endif
