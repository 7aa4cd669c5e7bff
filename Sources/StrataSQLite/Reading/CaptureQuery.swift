// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery

/// The single captures of a piece of a strand as SQL, in no particular order.
struct CaptureQuery {
  static let headerColumns = [
    "id", "start", "duration", "functionCount", "edgeCount", "unit", "shape",
  ].map { "profile." + $0 }
  static var headerCount: Int { headerColumns.count }

  private(set) var arguments: StatementArguments = []
  private let source: String
  private var conditions: [String] = []

  /// Both indexes have time and label set; which comes first is for ``SQLiteSnapshot`` to choose.
  init(_ strand: Strand, in range: Range<Int128>, byLabels: Bool) {
    source = "profile INDEXED BY \(byLabels ? "profileLabels" : "profileStart")"
    require("profile.start >= ?", Int64(clamping: range.lowerBound))
    require("profile.start <= ?", Int64(clamping: range.upperBound - 1))
    requireCaptures(of: strand)
  }

  /// The captures that came after their slices of a level were rolled up.
  init(late level: RollupLevel, _ strand: Strand, in range: Range<Int128>) {
    source = "lateProfile JOIN profile ON profile.id = lateProfile.profile"
    require("lateProfile.level = ?", level.rawValue)
    require("lateProfile.start >= ?", Int64(clamping: range.lowerBound))
    require("lateProfile.start <= ?", Int64(clamping: range.upperBound - 1))
    requireCaptures(of: strand)
  }

  private mutating func requireCaptures(of strand: Strand) {
    require("profile.kind = ?", strand.kind.rawValue)
    require("profile.clock = ?", strand.clock.rawValue)
    guard let labelSets = strand.labelSets else { return }
    let list = labelSets.map(String.init).joined(separator: ",")
    require("profile.labelSet IN (SELECT value FROM json_each(?))", "[\(list)]")
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

/// The columns of a single capture that sums need.
struct CaptureRow {
  var start: Int64
  var duration: Int64?
  var place: FigurePlace

  init(_ row: Row, path: String) throws {
    let id = try row.decode(Int64.self, atIndex: 0)
    guard let unit = TimeUnit(rawValue: try row.decode(Int64.self, atIndex: 5)) else {
      throw StoreError(
        damaged: "a value that has no meaning",
        path: path,
        location: StoreError.Location(table: "profile", row: id, column: "unit")
      )
    }
    start = try row.decode(Int64.self, atIndex: 1)
    duration = try row.decode(Int64?.self, atIndex: 2)
    place = FigurePlace(
      id: id,
      functionCount: try row.decode(Int.self, atIndex: 3),
      edgeCount: try row.decode(Int.self, atIndex: 4),
      unit: unit,
      shape: try row.decode(Int64?.self, atIndex: 6)
    )
  }
}

extension SQLiteSnapshot {
  /// The single captures of a strand in a range.
  ///
  /// By labels, each of the strand's label sets is looked up: too many where a range is so short
  /// that fewer captures start in it.
  func captureQuery(_ strand: Strand, in range: Range<Int128>) throws -> CaptureQuery {
    guard let labelSets = strand.labelSets else {
      return CaptureQuery(strand, in: range, byLabels: false)
    }
    let statement = try db.cachedStatement(
      sql: """
        SELECT count(*) FROM (SELECT 1 FROM profile INDEXED BY profileStart
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
    body: (Row, CaptureRow) throws -> Void
  ) throws {
    let sql = query.sql(CaptureQuery.headerColumns + columns, joining: join)
    // Not a cached statement: `body` may ask again.
    let rows = try Row.fetchCursor(try db.makeStatement(sql: sql), arguments: query.arguments)
    while let row = try rows.next() { try body(row, try CaptureRow(row, path: path)) }
  }

  /// Calls `body` with each single capture of a cover's piece.
  func forEachCapture(
    _ piece: Cover.Piece,
    of strand: Strand,
    columns: [String],
    joining join: String = "",
    body: (Row, CaptureRow) throws -> Void
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
    body: (Row, Int, FigurePlace) throws -> Void
  ) throws {
    let names = (["sum.functionCount", "sum.edgeCount"] + columns).joined(separator: ", ")
    let statement = try db.cachedStatement(sql: "SELECT \(names) FROM sum \(join) WHERE sum.id = ?")
    let rows = try Row.fetchCursor(statement, arguments: [rollup.sum])
    guard let row = try rows.next() else {
      throw StoreError(
        damaged: "no sum of this number, which a roll-up has",
        path: path,
        location: StoreError.Location(table: "sum", row: rollup.sum, column: "id")
      )
    }
    let place = FigurePlace(
      sum: rollup.sum,
      functionCount: try row.decode(Int.self, atIndex: 0),
      edgeCount: try row.decode(Int.self, atIndex: 1)
    )
    try body(row, 2, place)
  }
}

#endif
