// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore

/// Goes from what is oldest to what is kept.
struct Pruner {
  private static let hour = RollupLevel.hour
  /// How many rows one transaction removes: some milliseconds.
  private static let stepRows = 256

  let store: SQLiteStore
  let progress: (PruneReport) -> Bool
  private(set) var report = PruneReport()
  private var isStopped = false

  init(store: SQLiteStore, progress: @escaping (PruneReport) -> Bool) {
    self.store = store
    self.progress = progress
  }

  mutating func run(_ policy: RetentionPolicy, now: Int64) throws {
    report.bytesBefore = try usedBytes()
    let bound = { (age: Duration?, level: RollupLevel) -> Int64? in
      guard let age = age?.nanoseconds else { return nil }
      let time = now.subtractingReportingOverflow(age)
      return time.overflow ? nil : Int64(exactly: level.floor(Int128(time.partialValue)))
    }
    if let end = bound(policy.captures, .hour) { try pruneCaptures(before: end) }
    if let end = bound(policy.minutes, .hour) { try pruneMinutes(before: end) }
    if let end = bound(policy.hours, .day) { try pruneHours(before: end) }
    if let maximum = policy.maximumBytes { try shrink(to: maximum) }
    try store.removeUnusedShapes()
    try store.releaseFreePages()
    report.bytesAfter = try usedBytes()
    report.isAboveMaximum = policy.maximumBytes.map { report.bytesAfter > $0 } ?? false
  }

  private mutating func step() -> Bool {
    if !isStopped { isStopped = !progress(report) }
    return !isStopped
  }

  // MARK: - Captures

  private mutating func pruneCaptures(before end: Int64) throws {
    while step(), let start = try oldestCapture(), start < end {
      guard let hour = Self.hour.sliceStart(of: start) else { return }
      try pruneCaptures(ofHour: hour)
    }
  }

  /// The start of the oldest capture that may go: not of an hour that is kept by its captures, nor
  /// of those that are late, which are in no roll-up yet.
  private func oldestCapture() throws -> Int64? {
    try store.pool.read { db in
      try Int64.fetchOne(
        db,
        sql: """
          SELECT start FROM profile INDEXED BY profileStart
          WHERE NOT EXISTS (SELECT 1 FROM slice
            WHERE level = 'hour' AND state = \(SliceState.keptByCaptures.rawValue)
            AND slice.start <= profile.start AND slice.start > profile.start - \(Self.hour.width))
          AND NOT EXISTS (SELECT 1 FROM lateProfile
            WHERE level = 'hour' AND lateProfile.profile = profile.id
            AND lateProfile.start <= profile.start
            AND lateProfile.start > profile.start - \(Self.hour.width))
          ORDER BY start LIMIT 1
          """
      )
    }
  }

  private mutating func pruneCaptures(ofHour start: Int64) throws {
    let isKept = try write { db in
      guard start >= (try PrunedCaptures.bound(of: nil, db) ?? .min) else { return true }
      var builder = try RollupBuilder(try store.snapshot(db))
      let isKept = try builder.rollUpAll(ofHour: start)
      try PrunedCaptures.setBound(start + Self.hour.width, of: nil, db)
      return isKept
    }
    guard isKept else { return }
    while try removeCaptures(ofHour: start) > 0 { _ = step() }
  }

  private mutating func removeCaptures(ofHour start: Int64) throws -> Int {
    let count = try write { db in
      // What came late since then is in no roll-up yet.
      let ids = try Int64.fetchAll(
        db,
        sql: """
          SELECT id FROM profile INDEXED BY profileStart WHERE start >= ?1 AND start <= ?2
            AND NOT EXISTS (SELECT 1 FROM lateProfile
              WHERE level = 'hour' AND lateProfile.start = ?1 AND lateProfile.profile = profile.id)
          LIMIT ?3
          """,
        arguments: [start, start + Self.hour.width - 1, Self.stepRows]
      )
      for id in ids {
        for sql in [
          "INSERT OR IGNORE INTO prunedProfile SELECT profileID FROM profile WHERE id = ?",
          "DELETE FROM profileEdges WHERE profile = ?", "DELETE FROM profile WHERE id = ?",
        ] {
          try db.cachedStatement(sql: sql).execute(arguments: [id])
        }
      }
      return ids.count
    }
    report.captures += count
    return count
  }

  // MARK: - Roll-ups

  private mutating func pruneMinutes(before end: Int64) throws {
    report.minutes += try pruneRollups(.minute, before: end)
  }

  private mutating func pruneHours(before end: Int64) throws {
    let pruned = try store.pool.read { try PrunedCaptures.bound(of: nil, $0) } ?? .min
    guard let end = Int64(exactly: RollupLevel.day.floor(Int128(min(end, pruned)))) else { return }
    for day in try daysOfHours(before: end) {
      guard step() else { return }
      let isKept = try write { db in
        var builder = try RollupBuilder(try store.snapshot(db))
        return try builder.rollUp(Slice(level: .day, start: day), keepingAll: true)
      }
      // The hours of a day whose sum no roll-up holds stay, and so do those after it.
      guard isKept else {
        report.hours += try pruneRollups(.hour, before: day)
        return
      }
    }
    report.hours += try pruneRollups(.hour, before: end)
  }

  /// The days that have hours, rolled up or kept by their captures, in order.
  private func daysOfHours(before end: Int64) throws -> [Int64] {
    let starts = try store.pool.read { db in
      try Int64.fetchAll(
        db,
        sql: """
          SELECT DISTINCT start FROM rollup WHERE level = 'hour' AND start < ?1
          UNION SELECT start FROM slice WHERE level = 'hour' AND start < ?1 AND state = ?2
          """,
        arguments: [end, SliceState.keptByCaptures.rawValue]
      )
    }
    return Set(starts.compactMap { RollupLevel.day.sliceStart(of: $0) }).sorted()
  }

  /// Removes the roll-ups of a level; what they hold is in those of the next one.
  private mutating func pruneRollups(_ level: RollupLevel, before end: Int64) throws -> Int {
    let pruned = try store.pool.read { try PrunedCaptures.bound(of: nil, $0) } ?? .min
    let end = min(end, pruned)
    guard end > .min else { return 0 }
    try write { db in
      try PrunedCaptures.setBound(end, of: level, db)
      try db.execute(
        sql: "DELETE FROM slice WHERE level = ? AND start < ? AND state <> ?",
        arguments: [level.rawValue, end, SliceState.keptByCaptures.rawValue]
      )
    }
    var count = 0
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

  // MARK: - Room

  /// Lets the oldest go until the store is small enough.
  private mutating func shrink(to maximum: Int) throws {
    while try usedBytes() > maximum, step() {
      try store.removeUnusedShapes()
      if let start = try oldestCapture(), let hour = Self.hour.sliceStart(of: start) {
        try pruneCaptures(ofHour: hour)
        continue
      }
      let last = report
      if let start = try oldestRollup(.minute) {
        try pruneMinutes(before: start + RollupLevel.day.width)
      }
      if report == last, let start = try oldestRollup(.hour), try isPrunable(day: start) {
        try pruneHours(before: start + 2 * RollupLevel.day.width)
      }
      // What is left may not go.
      guard report != last else { return }
    }
  }

  private func oldestRollup(_ level: RollupLevel) throws -> Int64? {
    try store.pool.read { db in
      try Int64.fetchOne(
        db,
        sql: "SELECT min(start) FROM rollup WHERE level = ?",
        arguments: [level.rawValue]
      )
    }
  }

  /// Whether the day of a time lies before all captures.
  private func isPrunable(day time: Int64) throws -> Bool {
    let pruned = try store.pool.read { try PrunedCaptures.bound(of: nil, $0) } ?? .min
    let end = RollupLevel.day.floor(Int128(time)) + Int128(RollupLevel.day.width)
    return end <= Int128(pruned)
  }

  private func usedBytes() throws -> Int {
    try store.pool.read { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
      return (pages - free) * (try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
    }
  }

  @discardableResult
  private func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try store.pool.writeWithoutTransaction { db in
      var result: Result?
      try db.inTransaction(.immediate) {
        result = try body(db)
        return .commit
      }
      guard let result else { throw DatabaseError(resultCode: .SQLITE_INTERNAL) }
      return result
    }
  }
}

#endif
