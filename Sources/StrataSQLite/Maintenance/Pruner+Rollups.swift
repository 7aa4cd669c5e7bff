// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataQuery
import GRDB
import StrataCore

/// Minutes and hours that are not kept.
extension Pruner {
  mutating func pruneMinutes(before end: Int64) throws {
    report.minutes += try pruneRollups(.minute, before: end)
  }

  /// Removes the minutes of an hour that was just summed up, and notes that they are gone.
  ///
  /// In the transaction that sums the hour up, for captures that were late for a minute are late for
  /// nothing now, and it would lack them.
  ///
  /// - Returns: How many roll-ups went.
  func removeMinutes(ofHour start: Int64, _ db: Database) throws -> Int {
    let end = RollupLevel.hour.end(of: start)
    let range: StatementArguments = [RollupLevel.minute.rawValue, start, end]
    for table in ["slice", "lateCapture"] {
      try db.execute(
        sql: "DELETE FROM \(table) WHERE level = ? AND start >= ? AND start < ?",
        arguments: range
      )
    }
    try PrunedCaptures.setBound(end, of: .minute, db)
    let starts = try Int64.fetchAll(
      db,
      sql: "SELECT DISTINCT start FROM rollup WHERE level = ? AND start >= ? AND start < ?",
      arguments: range
    )
    return try starts.reduce(0) { try $0 + RollupWriter(db: db).removeAll(.minute, $1) }
  }

  mutating func pruneHours(before end: Int64) throws {
    let pruned = try store.reading { try PrunedCaptures.bound(of: nil, $0) } ?? .min
    // Whole days whose captures are gone: while captures are there, so are the hours made from them.
    guard let end = Int64(exactly: RollupLevel.day.floor(Int128(min(end, pruned)))) else { return }
    while step(), try pruneHours(ofOldestDayBefore: end) {}
    let gone = try store.reading { try PrunedCaptures.bound(of: .hour, $0) } ?? .min
    // Only as far as days are written, which is less if this was stopped or a sum was too large.
    report.hours += try pruneRollups(.hour, before: gone)
  }

  /// Writes the roll-ups of the oldest day that hours are to go from, and notes that they are gone.
  ///
  /// Both in one transaction: what comes for the day before is in them, and what comes after is late
  /// for the day. A day is summed up once, for hours that are gone may be removed in part.
  ///
  /// - Returns: Whether there may be another day. The hours of one whose sum no roll-up holds stay,
  ///   and so do those after it.
  private func pruneHours(ofOldestDayBefore end: Int64) throws -> Bool {
    try write { db in
      let gone = try PrunedCaptures.bound(of: .hour, db) ?? .min
      // No day is left to be written: whatever there is before the end may go.
      guard let start = try oldestHour(from: gone, before: end, db) else {
        try PrunedCaptures.setBound(end, of: .hour, db)
        return false
      }
      guard let day = RollupLevel.day.sliceStart(of: start) else { return false }
      var builder = try RollupBuilder(try store.snapshot(db))
      guard try builder.rollUp(Slice(level: .day, start: day), keepingAll: true) else {
        return false
      }
      try PrunedCaptures.setBound(RollupLevel.day.end(of: day), of: .hour, db)
      return true
    }
  }

  /// The oldest of the hours that are rolled up or kept by their captures, and of the days that wait
  /// to be rolled up: all that came for these may be late for its hour.
  private func oldestHour(
    from start: Int64,
    before end: Int64,
    _ db: Database
  ) throws -> Int64? {
    try Int64.fetchOne(
      db,
      sql: """
        SELECT min(start) FROM (
          SELECT start FROM rollup WHERE level = 'hour' AND start >= ?1 AND start < ?2
          UNION ALL SELECT start FROM slice WHERE start >= ?1 AND start < ?2
            AND (level = 'hour' AND state = ?3 OR level = 'day' AND state = ?4))
        """,
      arguments: [start, end, SliceState.keptByCaptures.rawValue, SliceState.open.rawValue]
    )
  }

  /// Removes the roll-ups of a level; what they hold is in those of the next one.
  private mutating func pruneRollups(_ level: RollupLevel, before end: Int64) throws -> Int {
    let pruned = try store.reading { try PrunedCaptures.bound(of: nil, $0) } ?? .min
    // Sums go after the captures that they hold, never before.
    let end = min(end, pruned)
    guard end > .min else { return 0 }
    try write { db in
      if let wider = RollupLevel.allCases.first(where: { $0.finer == level }) {
        try PrunedCaptures.checkSums(of: level, in: wider, before: end, db, path: store.path)
      }
      // Noted before anything is removed: from now on captures of the time are late for the wider level,
      // and questions do not expect this one to be complete.
      try PrunedCaptures.setBound(end, of: level, db)
      // An hour that is kept by its captures stays noted, since nothing else protects these.
      try db.execute(
        sql: "DELETE FROM slice WHERE level = ? AND start < ? AND state <> ?",
        arguments: [level.rawValue, end, SliceState.keptByCaptures.rawValue]
      )
    }
    var count = 0
    // Some at a time, so that other writers get their turns. If this is cut off, the roll-ups that
    // stay are still right, and go the next time.
    while step() {
      let starts = try write { db in
        let starts = try Int64.fetchAll(
          db,
          sql:
            "SELECT DISTINCT start FROM rollup WHERE level = ? AND start < ? ORDER BY start LIMIT 16",
          arguments: [level.rawValue, end]
        )
        for start in starts {
          count += try RollupWriter(db: db).removeAll(level, start)
        }
        return starts
      }
      if starts.isEmpty { break }
    }
    return count
  }
}

#endif
