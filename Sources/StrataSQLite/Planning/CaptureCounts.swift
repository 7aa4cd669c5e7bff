// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore

/// How many captures were stored, by hour: the table `captureCount`.
///
/// It is written with the captures and read apart from them, so that a question can see whether it
/// found them all. For each kind and clock there is a count for all captures (label 0) and one for
/// each label. Counts stay when captures are pruned, since roll-ups hold these.
enum CaptureCounts {
  /// The hour that a time is in, counted from the epoch; every time of 64 bits is in one.
  static func hour(of time: Int64) -> Int64 {
    let width = RollupLevel.hour.width
    let (hour, rest) = time.quotientAndRemainder(dividingBy: width)
    return rest < 0 ? hour - 1 : hour
  }

  /// The same as SQL.
  private static func hour(_ column: String) -> String {
    let width = RollupLevel.hour.width
    return "(\(column) / \(width) - (\(column) % \(width) < 0))"
  }

  /// The captures of a stream that were stored in some hours.
  ///
  /// The stream must have a key: there are no counts of arbitrary label sets.
  static func stored(
    _ stream: CaptureStream,
    label: Int32,
    hours: ClosedRange<Int64>,
    _ db: Database
  ) throws -> Int {
    let statement = try db.cachedStatement(
      sql: """
        SELECT sum(captures) FROM captureCount
        WHERE kind = ? AND clock = ? AND label = ? AND hour BETWEEN ? AND ?
        """
    )
    let arguments: StatementArguments = [
      stream.kind.rawValue, stream.clock.rawValue, label, hours.lowerBound, hours.upperBound,
    ]
    return try Int.fetchOne(statement, arguments: arguments) ?? 0
  }

  // MARK: - Counting again

  /// Writes the counts again from what the store holds: captures, and roll-ups of those now gone.
  ///
  /// For an upgrade, and after damaged captures were removed.
  ///
  /// - Complexity: O(*n* log *n*) in the captures, times their labels; no figures are read.
  static func countAgain(_ db: Database) throws {
    try db.execute(sql: "DELETE FROM captureCount")
    try db.execute(
      sql: """
        INSERT INTO captureCount (kind, clock, label, hour, captures)
        \(try countsOfContent(db))
        """
    )
  }

  /// Hours of a kind, clock and label whose count is not that of what the store holds; the first of
  /// them, and what is there.
  static func firstDifference(_ db: Database) throws -> (hour: Int64, found: Int, stored: Int)? {
    let content = try byDays("(\(try countsOfContent(db)))", db)
    let stored = try byDays("captureCount", db)
    for (left, right) in [(content, stored), (stored, content)] {
      let sql =
        "SELECT * FROM (\(left)) EXCEPT SELECT * FROM (\(right)) ORDER BY hour, label LIMIT 1"
      guard let row = try Row.fetchOne(db, sql: sql) else { continue }
      let key: StatementArguments = [
        try row.decode(String.self, forColumn: "kind"),
        try row.decode(String.self, forColumn: "clock"),
        try row.decode(Int32.self, forColumn: "label"),
        try row.decode(Int64.self, forColumn: "hour"),
      ]
      let condition = "kind = ? AND clock = ? AND label = ? AND hour = ?"
      let count = { (table: String) in
        try Int.fetchOne(
          db,
          sql: "SELECT captures FROM (\(table)) WHERE \(condition)",
          arguments: key
        ) ?? 0
      }
      let hour = try row.decode(Int64.self, forColumn: "hour")
      return (hour, try count(content), try count(stored))
    }
    return nil
  }

  /// Counts, with those of a day combined in its first hour where hours are gone and only days are
  /// left.
  private static func byDays(_ counts: String, _ db: Database) throws -> String {
    // Roll-ups of a day do not say in which of its hours their captures were.
    let days = try PrunedCaptures.zones(db).first { $0.level == .day }?.range.upperBound
    let end = days.map { Self.hour(of: Int64(clamping: $0)) } ?? .min
    return """
      SELECT kind, clock, label, hour, sum(captures) AS captures FROM
        (SELECT kind, clock, label, captures, CASE WHEN hour < \(end)
          THEN (hour / 24 - (hour % 24 < 0)) * 24 ELSE hour END AS hour FROM \(counts))
      GROUP BY kind, clock, label, hour
      """
  }

  /// The rows that the table must have, as SQL.
  private static func countsOfContent(_ db: Database) throws -> String {
    let hour = hour("start")
    let captures = "FROM capture INDEXED BY captureStart"
    let zones = try PrunedCaptures.zones(db)
    let isCounted = isCounted(zones)
    var parts = [
      "SELECT kind, clock, 0 AS label, \(hour) AS hour, count(*) AS n \(captures) "
        + "WHERE \(isCounted) GROUP BY 1, 2, 4",
      "SELECT kind, clock, labelSetLabel.label, \(hour), count(*) \(captures) "
        + "JOIN labelSetLabel ON labelSetLabel.labelSet = capture.labelSet "
        + "WHERE \(isCounted) GROUP BY 1, 2, 3, 4",
    ]
    for zone in zones {
      let (first, last) = (
        Int64(clamping: zone.range.lowerBound), Int64(clamping: zone.range.upperBound - 1)
      )
      parts.append(
        "SELECT kind, clock, label, \(hour), sum(captureCount) FROM rollup "
          + "WHERE level = '\(zone.level.rawValue)' AND start BETWEEN \(first) AND \(last) "
          + "GROUP BY 1, 2, 3, 4"
      )
    }
    return """
      SELECT kind, clock, label, hour, sum(n) AS captures
      FROM (\(parts.joined(separator: " UNION ALL "))) GROUP BY kind, clock, label, hour
      """
  }

  /// Whether a capture is in no roll-up that is counted, as SQL: it came after what was pruned,
  /// or too late for the finest roll-ups that are complete there, or its hour has none.
  ///
  /// A capture may be late for a day and in its hour: only the level that is counted matters.
  private static func isCounted(
    _ zones: [(level: RollupLevel, range: Range<Int128>)]
  ) -> String {
    guard let end = zones.last?.range.upperBound else { return "1" }
    let late = zones.map { level, range in
      let (first, last) = (Int64(clamping: range.lowerBound), Int64(clamping: range.upperBound - 1))
      return """
        capture.start BETWEEN \(first) AND \(last) AND EXISTS (SELECT 1 FROM lateCapture
          WHERE level = '\(level.rawValue)' AND lateCapture.start <= capture.start
            AND lateCapture.start > capture.start - \(level.width)
            AND lateCapture.capture = capture.id)
        """
    }
    let kept = """
      EXISTS (SELECT 1 FROM slice WHERE level = 'hour'
        AND state = \(SliceState.keptByCaptures.rawValue) AND slice.start <= capture.start
        AND slice.start > capture.start - \(RollupLevel.hour.width))
      """
    let pieces = ["capture.start >= \(Int64(clamping: end))"] + late + [kept]
    return pieces.map { "(\($0))" }.joined(separator: " OR ")
  }
}

/// Counts the captures of one transaction, and writes the counts at its end.
struct CaptureCounter {
  private struct Key: Hashable {
    var figures: FigureKind
    var label: Int32
    var hour: Int64
  }

  private var counts: [Key: Int64] = [:]

  mutating func add(_ figures: FigureKind, labels: [Int32], start: Int64) {
    let hour = CaptureCounts.hour(of: start)
    counts[Key(figures: figures, label: 0, hour: hour), default: 0] += 1
    for label in labels { counts[Key(figures: figures, label: label, hour: hour), default: 0] += 1 }
  }

  func write(_ db: Database) throws {
    let upsert = """
      INSERT INTO captureCount (kind, clock, label, hour, captures) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET captures = captures + excluded.captures
      """
    let statement = try db.cachedStatement(sql: upsert)
    for (key, count) in counts {
      try statement.execute(arguments: [
        key.figures.kind.rawValue, key.figures.clock.rawValue, key.label, key.hour, count,
      ])
    }
  }
}

#endif
