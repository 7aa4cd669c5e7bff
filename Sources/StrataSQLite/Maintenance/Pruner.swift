// SPDX-License-Identifier: Apache-2.0

#if Tools
import GRDB
import StrataCore
import StrataQuery

/// Goes from what is oldest to what is kept.
///
/// Others may write between two transactions, so each looks for what it deletes itself.
struct Pruner {
  private static let hour = RollupLevel.hour
  /// How many rows one transaction removes: some milliseconds.
  private static let stepRows = 256

  let store: SQLiteStore
  let progress: (PruneReport) -> Bool
  var report = PruneReport()
  /// The time before which minutes are to go.
  var minutesEnd = Int64.min
  private var isStopped = false

  init(store: SQLiteStore, progress: @escaping (PruneReport) -> Bool) {
    self.store = store
    self.progress = progress
  }

  mutating func run(_ policy: RetentionPolicy, now: Int64) throws {
    report.bytesBefore = try usedBytes()
    let bound = { (age: Duration?, level: RollupLevel) -> Int64? in
      guard let age = age?.nanoseconds else { return nil }
      // Rounded down, so that only whole slices go, whose sums are in a level that is kept. An age
      // that reaches back beyond all times keeps everything.
      let time = now.subtractingReportingOverflow(age)
      return time.overflow ? nil : Int64(exactly: level.floor(Int128(time.partialValue)))
    }
    try removeImpossibleCaptures()
    minutesEnd = bound(policy.minutes, .hour) ?? .min
    // From fine to coarse: what goes must be in what is still there.
    if let end = bound(policy.captures, .hour) { try pruneCaptures(before: end) }
    if minutesEnd > .min { try pruneMinutes(before: minutesEnd) }
    if let end = bound(policy.hours, .day) { try pruneHours(before: end) }
    if let maximum = policy.maximumBytes { try shrink(to: maximum) }
    try store.removeUnusedShapes()
    // Deleted rows leave free pages in the file: only this makes it shorter.
    try store.releaseFreePages()
    report.bytesAfter = try usedBytes()
    report.isAboveMaximum = policy.maximumBytes.map { report.bytesAfter > $0 } ?? false
  }

  mutating func step() -> Bool {
    if !isStopped { isStopped = !progress(report) }
    return !isStopped
  }

  // MARK: - Captures

  /// Removes captures, and their sums, whose starts are no longer accepted by imports.
  ///
  /// Older versions accepted any: one in the first or last hour that 64 bits hold is in no slice,
  /// and was the oldest capture that cannot go for good. In one transaction, so that counts and
  /// captures agree at every moment; there are few.
  private mutating func removeImpossibleCaptures() throws {
    let (first, last) = (Timestamp.firstStart.nanoseconds, Timestamp.lastStart.nanoseconds)
    let isOutside = "(start < \(first) OR start > \(last))"
    report.impossibleCaptures = try write { db in
      let count = try db.number(
        "SELECT count(*) FROM capture INDEXED BY captureStart WHERE \(isOutside)"
      )
      let slices = try Row.fetchAll(
        db,
        sql: "SELECT DISTINCT level, start FROM rollup WHERE start < \(first) OR start >= \(last)"
      )
      guard count > 0 || !slices.isEmpty else { return 0 }
      for row in slices {
        let level = try row.decode(String.self, forColumn: "level")
        guard let level = RollupLevel(rawValue: level) else { continue }
        try RollupWriter(db: db).removeAll(level, try row.decode(Int64.self, forColumn: "start"))
      }
      let captures = "SELECT id FROM capture INDEXED BY captureStart WHERE \(isOutside)"
      for sql in [
        "DELETE FROM slice WHERE \(isOutside)", "DELETE FROM lateCapture WHERE \(isOutside)",
        "DELETE FROM captureEdges WHERE capture IN (\(captures))",
        "DELETE FROM capture WHERE id IN (\(captures))",
      ] {
        try db.execute(sql: sql)
      }
      // Unlike pruned captures, these are in no sum, and must not be expected any more.
      try CaptureCounts.countAgain(db)
      return count
    }
  }

  private mutating func pruneCaptures(before end: Int64) throws {
    while step(), try pruneOldestHour(before: end) {}
  }

  /// Deletes the captures of the hour that has the oldest of them; returns whether there was one.
  mutating func pruneOldestHour(before end: Int64) throws -> Bool {
    guard let hour = try sumUpOldestHour(before: end) else { return false }
    // A request to stop is noted, and followed once the hour is done.
    while try removeCaptures(ofHour: hour) > 0 { _ = step() }
    return true
  }

  /// Writes all roll-ups of the hour of the oldest capture that may go, and notes that captures are
  /// gone up to its end.
  ///
  /// Minutes that are to go too are not written first: for few captures they take more room and time
  /// than these.
  ///
  /// All in one transaction: what comes before is in the roll-ups, what comes after is late for them,
  /// and no hour is passed over.
  private mutating func sumUpOldestHour(before end: Int64) throws -> Int64? {
    let (hour, minutes) = try write { db -> (Int64?, Int) in
      var minutes = 0
      let summedUp = try PrunedCaptures.bound(of: nil, db) ?? .min
      guard let hour = try Self.oldestHour(before: end, summedUp: summedUp, db) else {
        return (nil, 0)
      }
      // An hour that was summed up before is only to be removed: a run that was interrupted left it.
      if hour >= summedUp {
        var builder = try RollupBuilder(try store.snapshot(db))
        try builder.rollUpAll(ofHour: hour, withMinutes: hour >= minutesEnd)
        try PrunedCaptures.setBound(Self.hour.end(of: hour), of: nil, db)
        if hour < minutesEnd { minutes = try removeMinutes(ofHour: hour, db) }
      }
      return (hour, minutes)
    }
    report.minutes += minutes
    return hour
  }

  /// The hour of the oldest capture that may go.
  ///
  /// What is late for an hour that was summed up before may not go: no roll-up holds it yet.
  static func oldestHour(before end: Int64, summedUp: Int64, _ db: Database) throws -> Int64? {
    let sql = """
      SELECT start FROM capture INDEXED BY captureStart
      WHERE start < ? AND \(isNotKept) AND (start >= ? OR \(isInRollups))
      ORDER BY start LIMIT 1
      """
    return try Int64.fetchOne(db, sql: sql, arguments: [end, summedUp])
      .flatMap { hour.sliceStart(of: $0) }
  }

  /// Whether a capture is not of an hour that is kept by its captures, as SQL.
  private static let isNotKept = """
    NOT EXISTS (SELECT 1 FROM slice
      WHERE level = 'hour' AND state = \(SliceState.keptByCaptures.rawValue)
      AND slice.start <= capture.start AND slice.start > capture.start - \(hour.width))
    """

  /// Whether a capture is late for no level, as SQL: while it is, a roll-up lacks it that is to hold
  /// it, even if only that of the day, as where hours are already pruned.
  private static let isInRollups = RollupLevel.allCases.map { level in
    """
    NOT EXISTS (SELECT 1 FROM lateCapture
      WHERE level = '\(level.rawValue)' AND lateCapture.start <= capture.start
      AND lateCapture.start > capture.start - \(level.width) AND lateCapture.capture = capture.id)
    """
  }.joined(separator: " AND ")

  private mutating func removeCaptures(ofHour start: Int64) throws -> Int {
    let count = try write { db in
      // What came late since then stays until it is added.
      let ids = try Int64.fetchAll(
        db,
        sql: """
          SELECT id FROM capture INDEXED BY captureStart WHERE start >= ? AND start <= ?
            AND \(Self.isNotKept) AND \(Self.isInRollups)
          LIMIT ?
          """,
        arguments: [start, Self.hour.end(of: start) - 1, Self.stepRows]
      )
      // In one transaction: at every moment a capture is either stored or known to be gone.
      try PrunedCaptures.keepIdentities(of: ids, db)
      for id in ids {
        for sql in [
          "DELETE FROM captureEdges WHERE capture = ?", "DELETE FROM capture WHERE id = ?",
        ] {
          try db.cachedStatement(sql: sql).execute(arguments: [id])
        }
      }
      return ids.count
    }
    report.captures += count
    return count
  }

  func usedBytes() throws -> Int {
    try store.reading { db in
      // Free pages do not count: they are given back at the end.
      let pages = try db.number("PRAGMA page_count") - db.number("PRAGMA freelist_count")
      return try pages * db.number("PRAGMA page_size")
    }
  }

  @discardableResult
  func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try store.pool.writeImmediately(body)
  }
}

// MARK: - Room

/// A store that is larger than it may be.
extension Pruner {
  /// Deletes the oldest data until the store is small enough, or nothing more may be deleted.
  mutating func shrink(to maximum: Int) throws {
    while try usedBytes() > maximum, step() {
      try store.removeUnusedShapes()
      let last = report
      if try letOldestCapturesGo() { continue }
      // What is coarser goes only where nothing finer is left that may.
      if report == last { try pruneOldestMinutes(before: .max) }
      if report == last, let start = try oldestRollup(.hour), try isPrunable(day: start) {
        try pruneHours(before: RollupLevel.day.end(of: RollupLevel.day.end(of: start)))
      }
      // Nothing went in this round, so nothing would in another.
      guard report != last else { return }
    }
  }

  /// Deletes the captures of the oldest hour, where its sums by the minute are smaller.
  ///
  /// Else these would have to go next, and after them the captures of the next hour, until there is
  /// no capture at all: so the minutes of earlier hours go first, and those of this hour, which are
  /// not even written, along with its captures.
  ///
  /// - Returns: Whether there was such an hour.
  private mutating func letOldestCapturesGo() throws -> Bool {
    let hour = try store.reading { db -> (start: Int64, isWorthMinutes: Bool)? in
      let summedUp = try PrunedCaptures.bound(of: nil, db) ?? .min
      guard let start = try Self.oldestHour(before: .max, summedUp: summedUp, db) else {
        return nil
      }
      // What came late for hours that are summed up is in their minutes already.
      guard start >= summedUp else { return (start, true) }
      return (start, try RollupBuilder(try store.snapshot(db)).areMinutesSmaller(ofHour: start))
    }
    guard let hour else { return false }
    if !hour.isWorthMinutes {
      let last = report
      try pruneOldestMinutes(before: hour.start)
      guard report == last else { return true }
      // Minutes that would take more room than the captures are not even written.
      minutesEnd = max(minutesEnd, RollupLevel.hour.end(of: hour.start))
    }
    return try pruneOldestHour(before: .max)
  }

  /// Deletes the oldest day of minutes, or the part of it before a time.
  private mutating func pruneOldestMinutes(before end: Int64) throws {
    guard let start = try oldestRollup(.minute) else { return }
    let day = start.addingReportingOverflow(RollupLevel.day.width)
    try pruneMinutes(before: day.overflow ? end : min(day.partialValue, end))
  }

  func oldestRollup(_ level: RollupLevel) throws -> Int64? {
    try store.reading { db in
      try Int64.fetchOne(
        db,
        sql: "SELECT min(start) FROM rollup WHERE level = ?",
        arguments: [level.rawValue]
      )
    }
  }

  /// Whether the day of a time is before all captures.
  func isPrunable(day time: Int64) throws -> Bool {
    let pruned = try store.reading { try PrunedCaptures.bound(of: nil, $0) } ?? .min
    let end = RollupLevel.day.floor(Int128(time)) + Int128(RollupLevel.day.width)
    return end <= Int128(pruned)
  }
}
#endif
