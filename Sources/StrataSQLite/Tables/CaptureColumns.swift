// SPDX-License-Identifier: Apache-2.0

#if Tools
import GRDB
import StrataCore
import StrataQuery
import StrataStoreFormat

/// The columns of a capture that are not blobs, as the table has them.
///
/// Two checksums cover them: one what sums read for each capture, thousands of times in a question,
/// the other what only whole records need.
struct HeaderColumns {
  /// The row.
  var id: Int64
  var start: Int64
  var duration: Int64?
  var figures: FigureKind
  var weight: Int64
  var covers: Coverage
  var labelSet: Int64
  var functionCount: Int64
  var edgeCount: Int64
  var unit: Int64
  var shape: Int64?

  /// CRC-32C of the columns above, eight bytes each, lowest byte first.
  ///
  /// Kind, clock and coverage are one word of their codes. -2⁶³ stands for no duration, and 0
  /// for no shape: no capture has these.
  var checksum: Int64 {
    let codes = figures.code | covers.code << 16
    let words = (
      id.littleEndian, start.littleEndian, (duration ?? .min).littleEndian, codes.littleEndian,
      weight.littleEndian, labelSet.littleEndian, functionCount.littleEndian,
      edgeCount.littleEndian, unit.littleEndian, (shape ?? 0).littleEndian
    )
    return Int64(CRC32C.checksum(ofWords: words))
  }
}

/// The columns that only a whole record has.
struct RecordColumns {
  var profileID: [UInt8]
  var timeSource: String
  /// The bits of the `Double`: a REAL of SQLite loses the sign of -0, and turns NaN into NULL.
  var totalTime: Int64
  /// The first eight bytes of its shape's digest.
  var digest: Int64

  /// CRC-32C of the columns and the row, in their order, the text last.
  func checksum(row: Int64) -> Int64 {
    var bytes: [UInt8] = []
    bytes.appendLittleEndian(UInt64(bitPattern: row))
    bytes += profileID
    bytes.appendLittleEndian(UInt64(bitPattern: totalTime))
    bytes.appendLittleEndian(UInt64(bitPattern: digest))
    bytes += Array(timeSource.utf8)
    return Int64(CRC32C.checksum(of: bytes.span))
  }
}

extension Coverage {
  /// The number by which a store knows it.
  var code: Int64 {
    switch self {
    case .call: 1
    case .slice: 2
    case .unknown: 3
    }
  }

  init?(code: Int64) {
    guard let coverage = Coverage.allCases.first(where: { $0.code == code }) else { return nil }
    self = coverage
  }
}

extension FigureKind {
  /// Kind and clock as one number, in checksums.
  var code: Int64 {
    let kind: Int64 =
      switch self.kind {
      case .traced: 1
      case .sampled: 2
      case .rounded: 3
      }
    return kind | (clock == .wall ? 1 : 2) << 8
  }
}

// MARK: - Rows

/// The columns of a capture that are not blobs, as a question needs them, once their checksum is
/// found to match.
struct HeaderRow {
  enum Column: String, ResultColumn {
    case id, start, duration, kind, clock, weight, covers, labelSet, functionCount, edgeCount, unit
    case shape, checksum

    static let list = names(in: "capture")
  }

  let id: Int64
  let functionCount: Int
  let edgeCount: Int
  let unit: TimeUnit
  /// The shape; nil where functions and edges are kept with the capture.
  let shape: Int64?
  let capture: CaptureHeader

  /// Reads a row; without label sets, it counts as having no labels.
  init(_ row: StoredRow, labelSets: [Int32: Labels]?, path: String) throws {
    let figures = try FigureKind(
      kind: try row.decode(String.self, Column.kind),
      clock: try row.decode(String.self, Column.clock),
      path: path
    )
    let columns = try HeaderColumns(row, figures, path: path)
    guard columns.checksum == row.number(Column.checksum) else {
      throw columns.damage("checksum", "columns, one of which is not what was written", path: path)
    }
    guard let weight = Weight(exactMillionths: columns.weight) else {
      throw columns.damage("weight", path: path)
    }
    let set = Int32(exactly: columns.labelSet)
    guard let labels = labelSets.map({ sets in set.flatMap { sets[$0] } }) ?? [:] else {
      throw columns.damage("labelSet", path: path)
    }
    guard let unit = TimeUnit(rawValue: columns.unit) else {
      throw columns.damage("unit", path: path)
    }
    id = columns.id
    self.unit = unit
    functionCount = Int(columns.functionCount)
    edgeCount = Int(columns.edgeCount)
    shape = columns.shape
    capture = CaptureHeader(
      start: Timestamp(nanoseconds: columns.start),
      duration: columns.duration.map { .nanoseconds($0) },
      kind: columns.figures.kind,
      clock: columns.figures.clock,
      weight: weight,
      covers: columns.covers,
      labels: labels
    )
  }
}

extension HeaderColumns {
  /// Reads the columns of a capture's row, but for kind and clock.
  fileprivate init(_ row: StoredRow, _ figures: FigureKind, path: String) throws {
    typealias Column = HeaderRow.Column
    id = row.number(Column.id)
    start = row.number(Column.start)
    duration = row.optionalNumber(Column.duration)
    self.figures = figures
    weight = row.number(Column.weight)
    labelSet = row.number(Column.labelSet)
    functionCount = row.number(Column.functionCount)
    edgeCount = row.number(Column.edgeCount)
    unit = row.number(Column.unit)
    shape = row.optionalNumber(Column.shape)
    covers = .unknown
    guard let coverage = Coverage(code: row.number(Column.covers)) else {
      throw damage("covers", path: path)
    }
    covers = coverage
  }

  func damage(
    _ column: String,
    _ found: String = "an invalid value",
    path: String
  ) -> StoreError {
    let location = StoreError.Location(table: "capture", row: id, column: column)
    return StoreError(damaged: found, path: path, location: location)
  }
}

/// What figures must have in common to be summed.
struct FigureKind: Hashable {
  var kind: ProfileKind
  var clock: ProfileClock

  init(kind: ProfileKind, clock: ProfileClock) {
    (self.kind, self.clock) = (kind, clock)
  }

  init(_ record: Capture) {
    self.init(kind: record.kind, clock: record.clock)
  }

  /// Reads the columns `kind` and `clock` of a row.
  init(_ row: Row, path: String) throws {
    try self.init(
      kind: try row.decode(String.self, forColumn: "kind"),
      clock: try row.decode(String.self, forColumn: "clock"),
      path: path
    )
  }

  /// Reads kind and clock as the store has them.
  init(kind: String, clock: String, path: String) throws(StoreError) {
    guard let kind = ProfileKind(rawValue: kind), let clock = ProfileClock(rawValue: clock) else {
      throw StoreError(damaged: "an unknown kind or clock", path: path)
    }
    self.init(kind: kind, clock: clock)
  }

  /// All that a store has, or had: what is missing here would be missing in every answer.
  static func all(_ db: Database, path: String) throws -> [FigureKind] {
    let rows = try Row.fetchAll(db, sql: "SELECT kind, clock FROM figureKind")
    let kinds = try rows.map { try FigureKind($0, path: path) }
    var tally = Tally()
    for kind in kinds { tally.add(kind.tallyChecksum) }
    try tally.check(.figureKinds, db, path: path)
    return kinds
  }

  var tallyChecksum: UInt32 { CRC32C.checksum(of: UInt64(bitPattern: code), continuing: 0) }
}
#endif
