// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery
import StrataStoreFormat

/// The single captures of a piece of a stream as SQL, in no particular order.
struct CaptureQuery {
  private(set) var arguments: StatementArguments = []
  /// What the captures have in common.
  let figures: FigureKind
  private let source: String
  private var conditions: [String] = []

  /// Both indexes have time and label set; which comes first is for ``SQLiteSnapshot`` to choose.
  init(_ stream: CaptureStream, in range: Range<Int128>, byLabels: Bool) {
    figures = FigureKind(kind: stream.kind, clock: stream.clock)
    source = "capture INDEXED BY \(byLabels ? "captureLabels" : "captureStart")"
    require("capture.start >= ?", Int64(clamping: range.lowerBound))
    // Inclusive: the time after the last nanosecond of 64 bits is no number of SQLite.
    require("capture.start <= ?", Int64(clamping: range.upperBound - 1))
    requireCaptures(of: stream)
  }

  /// The captures that came after their slices of a level were rolled up.
  init(late level: RollupLevel, _ stream: CaptureStream, in range: Range<Int128>) {
    figures = FigureKind(kind: stream.kind, clock: stream.clock)
    source = "lateCapture JOIN capture ON capture.id = lateCapture.capture"
    require("lateCapture.level = ?", level.rawValue)
    require("lateCapture.start >= ?", Int64(clamping: range.lowerBound))
    require("lateCapture.start <= ?", Int64(clamping: range.upperBound - 1))
    requireCaptures(of: stream)
  }

  private mutating func requireCaptures(of stream: CaptureStream) {
    require("capture.kind = ?", stream.kind.rawValue)
    require("capture.clock = ?", stream.clock.rawValue)
    guard let labelSets = stream.labelSets else { return }
    let list = labelSets.map(String.init).joined(separator: ",")
    require("capture.labelSet IN (SELECT value FROM json_each(?))", "[\(list)]")
  }

  private mutating func require(_ condition: String, _ value: some DatabaseValueConvertible) {
    conditions.append(condition)
    arguments += [value]
  }

  func sql(_ columns: ResultColumns) -> String {
    "SELECT \(columns.sql) FROM \(source) \(columns.join) \(condition)"
  }

  /// The number of captures, which both indexes give without a row being read.
  var countSQL: String { "SELECT count(*) FROM \(source) \(condition)" }

  private var condition: String { "WHERE \(conditions.joined(separator: " AND "))" }
}

/// The columns of a single capture that sums need, once their checksum is found to match.
struct CaptureRow {
  enum Column: String, ResultColumn {
    case id, start, duration, functionCount, edgeCount, unit, shape, weight, covers, labelSet
    case checksum

    static let list = names(in: "capture")
  }

  var start: Int64
  var duration: Int64?
  var covers: Coverage
  var place: StoredFigures

  /// Reads the columns of a row, but for its blobs.
  ///
  /// Kind and clock are those that the query asked for. SQLite takes some columns from an index where
  /// it can, others from the row: one checksum covers both.
  init(_ row: StoredRow, _ figures: FigureKind, path: String) throws {
    var columns = HeaderColumns(
      id: row.number(Column.id),
      start: row.number(Column.start),
      duration: row.optionalNumber(Column.duration),
      figures: figures,
      weight: row.number(Column.weight),
      covers: .unknown,
      labelSet: row.number(Column.labelSet),
      functionCount: row.number(Column.functionCount),
      edgeCount: row.number(Column.edgeCount),
      unit: row.number(Column.unit),
      shape: row.optionalNumber(Column.shape)
    )
    guard let covers = Coverage(code: row.number(Column.covers)) else {
      throw columns.damage("covers", path: path)
    }
    columns.covers = covers
    guard columns.checksum == row.number(Column.checksum) else {
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

extension CaptureRow {
  /// The value of a figure of whole captures; nil where it is not known of this one.
  func value(of figure: Figure) -> Int64? {
    switch figure {
    case .duration: duration
    default: nil
    }
  }
}

/// The columns of table `sum` that are not blobs.
private enum SumColumn: String, ResultColumn {
  case functionCount, edgeCount

  static let list = names(in: "sum")
}

extension SQLiteSnapshot {
  /// The single captures of a stream in a range.
  ///
  /// By labels, each of the stream's label sets is looked up: too many where a range is so short
  /// that fewer captures start in it.
  func captureQuery(_ stream: CaptureStream, in range: Range<Int128>) throws -> CaptureQuery {
    guard let labelSets = stream.labelSets else {
      return CaptureQuery(stream, in: range, byLabels: false)
    }
    // SQLite's planner would choose by statistics, which a store that is written all the time does not
    // have. The count stops at the number of label sets, so it never costs more than it can save.
    let statement = try db.cachedStatement(
      sql: """
        SELECT count(*) FROM (SELECT 1 FROM capture INDEXED BY captureStart
          WHERE start >= ? AND start <= ? LIMIT ?)
        """
    )
    let (first, last) = (Int64(clamping: range.lowerBound), Int64(clamping: range.upperBound - 1))
    let arguments: StatementArguments = [first, last, labelSets.count]
    let count = try Int.fetchOne(statement, arguments: arguments) ?? 0
    return CaptureQuery(stream, in: range, byLabels: count >= labelSets.count)
  }

  /// Calls `body` with each single capture of a query.
  func forEachCapture(
    _ query: CaptureQuery,
    blobs: [StoredFigures.Blob],
    body: (StoredRow, CaptureRow) throws -> Void
  ) throws {
    var columns = ResultColumns(CaptureRow.Column.self)
    columns.append(blobs, of: .capture)
    // Not a cached statement: `body` may ask again.
    let statement = try db.makeStatement(sql: query.sql(columns))
    try statement.forEachStoredRow(query.arguments, blobs: columns.blobs) { row in
      try body(row, try CaptureRow(row, query.figures, path: path))
    }
  }

  /// Calls `body` with each single capture of a cover's piece.
  func forEachCapture(
    _ piece: Cover.Piece,
    of stream: CaptureStream,
    blobs: [StoredFigures.Blob],
    body: (StoredRow, CaptureRow) throws -> Void
  ) throws {
    switch piece {
    case .rollup: return
    case .captures(let range):
      let query = try captureQuery(stream, in: range)
      try forEachCapture(query, blobs: blobs, body: body)
    case .late(let level, let range):
      let query = CaptureQuery(late: level, stream, in: range)
      try forEachCapture(query, blobs: blobs, body: body)
    }
  }

  /// Calls `body` with the figures of a roll-up, and with what its row is.
  func withSum(
    of rollup: RollupRow,
    blobs: [StoredFigures.Blob],
    body: (StoredRow, StoredFigures) throws -> Void
  ) throws {
    var columns = ResultColumns(SumColumn.self)
    columns.append(blobs, of: .sum)
    let statement = try db.cachedStatement(
      sql: "SELECT \(columns.sql) FROM sum \(columns.join) WHERE sum.id = ?"
    )
    let found: Void? = try statement.withStoredRow([rollup.sum], blobs: columns.blobs) { row in
      let place = StoredFigures(
        sum: rollup.sum,
        functionCount: try row.decode(Int.self, SumColumn.functionCount),
        edgeCount: try row.decode(Int.self, SumColumn.edgeCount)
      )
      try body(row, place)
    }
    guard found != nil else {
      throw StoreError(
        damaged: "no sum with this number, which a roll-up refers to",
        path: path,
        location: StoreError.Location(table: "sum", row: rollup.sum, column: "id")
      )
    }
  }
}

#endif
