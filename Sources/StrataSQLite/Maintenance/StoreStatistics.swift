// SPDX-License-Identifier: Apache-2.0

#if Tools
import GRDB
public import StrataCore
public import StrataQuery

/// How much a store holds, and where its bytes are.
public struct StoreStatistics: Hashable, Sendable {
  /// The number of single captures.
  public internal(set) var profileCount = 0
  /// The number of functions in all captures together.
  public internal(set) var functionRows = 0
  /// The number of callers of functions in all captures together.
  public internal(set) var edgeRows = 0
  /// The number of lists of functions and edges that captures share.
  public internal(set) var shapeCount = 0
  /// The start of the first capture; nil in a store without single captures.
  public internal(set) var firstStart: Timestamp?
  /// The start of the last capture; nil in a store without single captures.
  public internal(set) var lastStart: Timestamp?
  /// The time before which captures are kept as sums alone; nil where none were pruned.
  public internal(set) var capturesPrunedBefore: Timestamp?
  /// What is kept as sums, the finest level first.
  public internal(set) var rollups: [Level] = []

  /// The number of different file and function names.
  public internal(set) var stringCount = 0
  /// The number of different functions, those of callers and canonical ones included.
  public internal(set) var functionCount = 0
  /// The number of different pairs of caller and callee.
  public internal(set) var edgeCount = 0
  /// The number of different labels.
  public internal(set) var labelCount = 0
  /// The number of different sets of labels.
  public internal(set) var labelSetCount = 0

  /// The size of the file, without what was written last (`-wal`).
  public internal(set) var byteCount = 0
  /// How many of these bytes hold nothing; compacting and pruning give them back.
  public internal(set) var freeByteCount = 0
  /// The size of the write-ahead log beside the file.
  public internal(set) var logByteCount = 0
  /// What takes the room; nil unless it was asked for.
  public internal(set) var content: Content?

  /// The roll-ups of one level.
  public struct Level: Hashable, Sendable {
    /// The level: minutes, hours or days.
    public internal(set) var level: SumLevel
    /// The number of roll-ups: of all captures of a slice, and of those with each label.
    public internal(set) var count: Int
    /// The number of slices that are not rolled up yet, or that late captures came for.
    public internal(set) var waitingSlices: Int
    /// The time before which those of this level were pruned; nil where none were.
    public internal(set) var prunedBefore: Timestamp?
  }

  /// The bytes of the figures, without what SQLite needs for rows, pages and indexes.
  public struct Content: Hashable, Sendable {
    /// The figures of the functions of captures.
    public internal(set) var functions = 0
    /// The figures of the callers in captures.
    public internal(set) var edges = 0
    /// The lists that captures share.
    public internal(set) var shapes = 0
    /// The sums of all levels.
    public internal(set) var rollups = 0
    /// File and function names.
    public internal(set) var names = 0
  }

  /// The number of functions and callers in all captures together.
  public var rowCount: Int { functionRows + edgeRows }

  /// The bytes in use, roll-ups and names included, by the rows of captures; nil without rows.
  public var bytesPerRow: Double? {
    rowCount == 0 ? nil : Double(byteCount - freeByteCount) / Double(rowCount)
  }
}

// MARK: - Reading

extension SQLiteStore {
  /// How much the store holds.
  ///
  /// - Parameter measuresContent: Whether the bytes of figures are added up too, which looks at
  ///   the head of each row, though not at its figures.
  /// - Returns: Counts and sizes of one state of the store.
  /// - Throws: ``StoreError``.
  /// - Complexity: O(*n*) in captures and shapes, of which indexes are read.
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
    self.level = level.sumLevel
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
  /// SQLite tells the length of a blob without reading it.
  fileprivate init(_ db: Database) throws {
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
