// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery
import StrataStoreFormat

/// The single captures of a piece of a strand as SQL, in no particular order.
struct CaptureQuery {
  static let headerColumns = [
    "id", "start", "duration", "functionCount", "edgeCount", "unit", "shape", "weight", "covers",
    "labelSet", "checksum",
  ].map { "capture." + $0 }
  static var headerCount: Int { headerColumns.count }

  private(set) var arguments: StatementArguments = []
  /// What the captures have in common.
  let figures: FigureKind
  private let source: String
  private var conditions: [String] = []

  /// Both indexes have time and label set; which comes first is for ``SQLiteSnapshot`` to choose.
  init(_ strand: CaptureStream, in range: Range<Int128>, byLabels: Bool) {
    figures = FigureKind(kind: strand.kind, clock: strand.clock)
    source = "capture INDEXED BY \(byLabels ? "captureLabels" : "captureStart")"
    require("capture.start >= ?", Int64(clamping: range.lowerBound))
    require("capture.start <= ?", Int64(clamping: range.upperBound - 1))
    requireCaptures(of: strand)
  }

  /// The captures that came after their slices of a level were rolled up.
  init(late level: RollupLevel, _ strand: CaptureStream, in range: Range<Int128>) {
    figures = FigureKind(kind: strand.kind, clock: strand.clock)
    source = "lateCapture JOIN capture ON capture.id = lateCapture.capture"
    require("lateCapture.level = ?", level.rawValue)
    require("lateCapture.start >= ?", Int64(clamping: range.lowerBound))
    require("lateCapture.start <= ?", Int64(clamping: range.upperBound - 1))
    requireCaptures(of: strand)
  }

  private mutating func requireCaptures(of strand: CaptureStream) {
    require("capture.kind = ?", strand.kind.rawValue)
    require("capture.clock = ?", strand.clock.rawValue)
    guard let labelSets = strand.labelSets else { return }
    let list = labelSets.map(String.init).joined(separator: ",")
    require("capture.labelSet IN (SELECT value FROM json_each(?))", "[\(list)]")
  }

  private mutating func require(_ condition: String, _ value: some DatabaseValueConvertible) {
    conditions.append(condition)
    arguments += [value]
  }

  func sql(_ columns: [String], joining join: String = "") -> String {
    """
    SELECT \(columns.joined(separator: ", ")) FROM \(source) \(join)
    WHERE \(conditions.joined(separator: " AND "))
    """
  }
}

/// The columns of a single capture that sums need, once their checksum is found to match.
struct CaptureRow {
  var start: Int64
  var duration: Int64?
  var covers: Coverage
  var place: StoredFigures

  /// Reads the columns of ``CaptureQuery/headerColumns``.
  ///
  /// Kind and clock are those that the query asked for. SQLite takes some columns from an index where
  /// it can, others from the row: one checksum covers both.
  init(_ row: StoredRow, _ figures: FigureKind, path: String) throws {
    var columns = HeaderColumns(
      id: row.number(0),
      start: row.number(1),
      duration: row.isNull(2) ? nil : row.number(2),
      figures: figures,
      weight: row.number(7),
      covers: .unknown,
      labelSet: row.number(9),
      functionCount: row.number(3),
      edgeCount: row.number(4),
      unit: row.number(5),
      shape: row.isNull(6) ? nil : row.number(6)
    )
    guard let covers = Coverage(code: row.number(8)) else {
      throw columns.damage("covers", path: path)
    }
    columns.covers = covers
    guard columns.checksum == row.number(10) else {
      throw columns.damage("checksum", "columns, one of which is not what was written", path: path)
    }
    guard let unit = TimeUnit(rawValue: columns.unit) else {
      throw columns.damage("unit", path: path)
    }
    (start, duration, self.covers) = (columns.start, columns.duration, covers)
    place = StoredFigures(
      id: columns.id,
      functionCount: Int(columns.functionCount),
      edgeCount: Int(columns.edgeCount),
      unit: unit,
      shape: columns.shape
    )
  }
}

extension SQLiteSnapshot {
  /// The single captures of a strand in a range.
  ///
  /// By labels, each of the strand's label sets is looked up: too many where a range is so short
  /// that fewer captures start in it.
  func captureQuery(_ strand: CaptureStream, in range: Range<Int128>) throws -> CaptureQuery {
    guard let labelSets = strand.labelSets else {
      return CaptureQuery(strand, in: range, byLabels: false)
    }
    let statement = try db.cachedStatement(
      sql: """
        SELECT count(*) FROM (SELECT 1 FROM capture INDEXED BY captureStart
          WHERE start >= ? AND start <= ? LIMIT ?)
        """
    )
    let (first, last) = (Int64(clamping: range.lowerBound), Int64(clamping: range.upperBound - 1))
    let arguments: StatementArguments = [first, last, labelSets.count]
    let count = try Int.fetchOne(statement, arguments: arguments) ?? 0
    return CaptureQuery(strand, in: range, byLabels: count >= labelSets.count)
  }

  /// Calls `body` with each single capture of a query.
  func forEachCapture(
    _ query: CaptureQuery,
    columns: [String],
    joining join: String = "",
    body: (StoredRow, CaptureRow) throws -> Void
  ) throws {
    let sql = query.sql(CaptureQuery.headerColumns + columns, joining: join)
    // Not a cached statement: `body` may ask again.
    let statement = try db.makeStatement(sql: sql)
    try statement.forEachStoredRow(query.arguments) { row in
      try body(row, try CaptureRow(row, query.figures, path: path))
    }
  }

  /// Calls `body` with each single capture of a cover's piece.
  func forEachCapture(
    _ piece: Cover.Piece,
    of strand: CaptureStream,
    columns: [String],
    joining join: String = "",
    body: (StoredRow, CaptureRow) throws -> Void
  ) throws {
    switch piece {
    case .rollup: return
    case .captures(let range):
      let query = try captureQuery(strand, in: range)
      try forEachCapture(query, columns: columns, joining: join, body: body)
    case .late(let level, let range):
      let query = CaptureQuery(late: level, strand, in: range)
      try forEachCapture(query, columns: columns, joining: join, body: body)
    }
  }

  /// Calls `body` with the figures of a roll-up: the row, the index of the first column asked for,
  /// and what the row is.
  func withSum(
    of rollup: RollupRow,
    columns: [String],
    joining join: String = "",
    body: (StoredRow, Int, StoredFigures) throws -> Void
  ) throws {
    let names = (["sum.functionCount", "sum.edgeCount"] + columns).joined(separator: ", ")
    let statement = try db.cachedStatement(sql: "SELECT \(names) FROM sum \(join) WHERE sum.id = ?")
    let found: Void? = try statement.withStoredRow([rollup.sum]) { row in
      let place = StoredFigures(
        sum: rollup.sum,
        functionCount: try row.row.decode(Int.self, atIndex: 0),
        edgeCount: try row.row.decode(Int.self, atIndex: 1)
      )
      try body(row, 2, place)
    }
    guard found != nil else {
      throw StoreError(
        damaged: "no sum of this number, which a roll-up has",
        path: path,
        location: StoreError.Location(table: "sum", row: rollup.sum, column: "id")
      )
    }
  }
}

#endif
