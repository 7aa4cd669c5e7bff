// SPDX-License-Identifier: Apache-2.0

#if Tools

// FileManager: the sizes of files.
import Foundation
import GRDB

/// What the store does not need any more, and how the file system gets it back.
extension SQLiteStore {
  /// How many milliseconds a writer waits for readers to release the log.
  private static let patience = 50

  /// Removes the shapes that no capture has, and returns their number.
  ///
  /// `progress` is called with how many shapes were looked at, and returns whether to continue.
  @discardableResult
  func removeUnusedShapes(progress: (_ done: Int) -> Bool = { _ in true }) throws -> Int {
    var transactions = ShortTransactions(pool)
    var (seen, removed, last) = (0, 0, Int64(0))
    while progress(seen) {
      let ids = try transactions.run { db, size in
        let ids = try Int64.fetchAll(
          db,
          sql: "SELECT id FROM shape WHERE id > ? ORDER BY id LIMIT ?",
          arguments: [last, size]
        )
        guard let first = ids.first, let end = ids.last else { return ids }
        try db.execute(
          sql: """
            DELETE FROM shape WHERE id BETWEEN ? AND ? AND NOT EXISTS
              (SELECT 1 FROM capture INDEXED BY captureShape WHERE capture.shape = shape.id)
            """,
          arguments: [first, end]
        )
        removed += db.changesCount
        return ids
      }
      guard let end = ids.last else { break }
      (last, seen) = (end, seen + ids.count)
    }
    return removed
  }

  /// Gives all free pages, and the log, back to the file system.
  ///
  /// `progress` is called with how many pages went and how many there were, and returns whether to
  /// go on.
  func releaseFreePages(progress: (_ done: Int, _ total: Int) -> Bool = { _, _ in true }) throws {
    let total = try reading { try $0.number("PRAGMA freelist_count") }
    var (transactions, free) = (ShortTransactions(pool), total)
    while free > 0, progress(max(0, total - free), total) {
      let left = try transactions.run { db, size in
        // Each row is a page that went.
        _ = try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum(\(size))")
        return try db.number("PRAGMA freelist_count")
      }
      // A store that was made with another mode of vacuum gives nothing.
      guard left != free else { break }
      free = left
    }
    try emptyLog()
  }

  /// Brings what the log holds into the file and cuts it, which makes the file smaller too.
  ///
  /// Readers that still need the log keep it, and no writer waits for them long: the most is done
  /// before the lock is taken.
  private func emptyLog() throws {
    try pool.writeWithoutTransaction { db in
      let timeout = try db.number("PRAGMA busy_timeout")
      _ = try? db.checkpoint(.passive)
      _ = try Row.fetchAll(db, sql: "PRAGMA busy_timeout = \(Self.patience)")
      defer { _ = try? Row.fetchAll(db, sql: "PRAGMA busy_timeout = \(timeout)") }
      do {
        _ = try db.checkpoint(.truncate)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        // The next checkpoint does it.
      }
    }
  }

  /// The bytes of the file and its log, as the file system has them.
  var bytesOnDisk: Int { Self.size(of: path) + logBytesOnDisk }

  var logBytesOnDisk: Int { Self.size(of: path + "-wal") }

  private static func size(of path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }
}

#endif
