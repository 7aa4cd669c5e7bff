// SPDX-License-Identifier: Apache-2.0

#if Tools
import GRDB
import StrataCore
public import StrataQuery

// MARK: - Reading

extension SQLiteStore {
  /// How much the store holds.
  ///
  /// - Parameter measuresContent: Whether the bytes of figures are added up too, which looks at
  ///   the head of each row, though not at its figures.
  /// - Returns: Counts and sizes of one state of the store.
  /// - Throws: `StoreError`.
  /// - Complexity: O(*n*) in captures and shapes, whose indexes are read.
  public func statistics(measuringContent measuresContent: Bool = false) throws -> StoreStatistics {
    try StoreError.translating(path: path) {
      var statistics = try reading { db in
        var statistics = try StoreStatistics(db)
        if measuresContent { statistics.content = try StoreStatistics.Content(db) }
        return statistics
      }
      statistics.logByteCount = logBytesOnDisk
      return statistics
    }
  }
}

extension StoreStatistics {
  fileprivate init(_ db: Database) throws {
    self.init()
    profileCount = try db.number("SELECT count(*) FROM capture")
    // From indexes, where shapes repeat; the others are looked up one by one.
    (functionRows, edgeRows) = try (db.rows("functionCount"), db.rows("edgeCount"))
    shapeCount = try db.number("SELECT count(*) FROM shape")
    firstStart = try db.time("SELECT min(start) FROM capture")
    lastStart = try db.time("SELECT max(start) FROM capture")
    capturesPrunedBefore = try Self.pruned(nil, db)
    rollups = try RollupLevel.allCases.map { try Level($0, db) }
    // Numbers of names have no gaps.
    stringCount = try db.number("SELECT max(id) FROM string")
    functionCount = try db.number("SELECT max(id) FROM function")
    edgeCount = try db.number("SELECT max(id) FROM edge")
    labelCount = try db.number("SELECT max(id) FROM label")
    labelSetCount = try db.number("SELECT max(id) FROM labelSet")
    let pageSize = try db.number("PRAGMA page_size")
    byteCount = try db.number("PRAGMA page_count") * pageSize
    freeByteCount = try db.number("PRAGMA freelist_count") * pageSize
  }

  fileprivate static func pruned(_ level: RollupLevel?, _ db: Database) throws -> Timestamp? {
    try PrunedCaptures.bound(of: level, db).map(Timestamp.init(nanoseconds:))
  }
}

extension StoreStatistics.Level {
  fileprivate init(_ level: RollupLevel, _ db: Database) throws {
    self.init(level: level.sumLevel)
    count = try db.number("SELECT count(*) FROM rollup WHERE level = ?", [level.rawValue])
    waitingSlices = try db.number(
      """
      SELECT count(*) FROM (SELECT start FROM slice WHERE state = 0 AND level = ?1
        UNION SELECT start FROM lateCapture WHERE level = ?1)
      """,
      [level.rawValue]
    )
    prunedBefore = try StoreStatistics.pruned(level, db)
  }
}

extension StoreStatistics.Content {
  /// SQLite knows the length of a blob without reading it.
  fileprivate init(_ db: Database) throws {
    self.init()
    let own = "ifnull(length(functions), 0) + length(selfTimes) + length(figures)"
    functions = try db.number("SELECT sum(\(own)) FROM capture")
    edges = try db.number(
      "SELECT sum(ifnull(length(edges), 0) + length(figures)) FROM captureEdges"
    )
    shapes = try db.number("SELECT sum(length(functions) + length(edges)) FROM shape")
    rollups =
      try db.number("SELECT sum(\(own)) FROM sum")
      + db.number("SELECT sum(length(edges) + length(figures)) FROM sumEdges")
    names = try db.number("SELECT sum(length(bytes)) FROM string")
  }
}

extension Database {
  /// A number; 0 where there is none.
  func number(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
    try Int.fetchOne(self, sql: sql, arguments: arguments) ?? 0
  }

  fileprivate func time(_ sql: String) throws -> Timestamp? {
    try Int64.fetchOne(self, sql: sql).map(Timestamp.init(nanoseconds:))
  }

  /// The sum of a count of rows over all captures.
  fileprivate func rows(_ column: String) throws -> Int {
    try number(
      """
      SELECT sum(captures * shape.\(column)) FROM
        (SELECT shape, count(*) AS captures FROM capture INDEXED BY captureShape
          WHERE shape IS NOT NULL GROUP BY shape) AS used
        JOIN shape ON shape.id = used.shape
      """
    )
      + number("SELECT sum(\(column)) FROM capture INDEXED BY captureDigest WHERE shape IS NULL")
  }
}
#endif
