// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataStoreFormat
import StrataQuery

/// What a roll-up is found by.
struct RollupKey: Hashable {
  var level: RollupLevel
  /// The label that all captures have; 0 for all captures.
  var label: Int32
  var kind: ProfileKind
  var clock: ProfileClock
  /// The start of the slice.
  var start: Int64

  var arguments: StatementArguments {
    [level.rawValue, label, kind.rawValue, clock.rawValue, start]
  }

  var range: Range<Int128> { Int128(start)..<Int128(start) + Int128(level.width) }
}

/// One roll-up without its figures.
struct RollupRow {
  /// The columns of table `rollup` that are not known from the question.
  private enum Column: String, ResultColumn {
    case start, captureCount, sliceCount, unknownCount, firstStart, lastStart, longest, sum
    case checksum

    static let list = names(in: "rollup")
  }

  var key: RollupKey
  var captureCount: Int
  /// How many of them cover a slice of time, and for how many that is not known.
  var sliceCount: Int
  var unknownCount: Int
  var firstStart: Int64
  var lastStart: Int64
  /// The longest known duration of a capture, in nanoseconds.
  var longest: Int64?
  /// The row of its figures.
  var sum: Int64
  /// The figure of whole captures that was asked for.
  var figure: FigureSum?

  var level: RollupLevel { key.level }
  var start: Int64 { key.start }
  var range: Range<Int128> { key.range }

  /// The roll-ups of a stream whose slices begin in a range, in order of start; those that do not know
  /// some figures of whole captures are left out.
  ///
  /// - Throws: `StoreError` for one that is not what was written.
  static func fetch(
    _ level: RollupLevel,
    _ stream: CaptureStream,
    in range: Range<Int128>,
    knowing figures: [Figure] = [],
    _ snapshot: SQLiteSnapshot
  ) throws -> [RollupRow] {
    guard let label = stream.label, !range.isEmpty else { return [] }
    let statement = try snapshot.db.cachedStatement(
      sql: """
        SELECT \(Column.sql) FROM rollup
        WHERE level = ? AND label = ? AND kind = ? AND clock = ? AND start >= ? AND start <= ?
        ORDER BY start
        """
    )
    let rows = try Row.fetchCursor(
      statement,
      arguments: [
        level.rawValue, label, stream.kind.rawValue, stream.clock.rawValue,
        Int64(clamping: range.lowerBound), Int64(clamping: range.upperBound - 1),
      ]
    )
    var result: [RollupRow] = []
    while let row = try rows.next() {
      // From the question, but for the start: if a damaged page leads to the row of another key,
      // the checksum, which covers the key, does not match.
      let key = RollupKey(
        level: level,
        label: label,
        kind: stream.kind,
        clock: stream.clock,
        start: try row.decode(Int64.self, Column.start)
      )
      var rollup = try RollupRow(row, key, path: snapshot.path)
      let sums = try figures.map { try SumFigures.read($0, of: rollup, snapshot) }
      // What it was made of may know the figure: finer roll-ups, and captures in any case.
      guard !sums.contains(nil) else { continue }
      rollup.figure = sums.first ?? nil
      result.append(rollup)
    }
    return result
  }

  private init(_ row: Row, _ key: RollupKey, path: String) throws {
    self.key = key
    captureCount = try row.decode(Int.self, Column.captureCount)
    sliceCount = try row.decode(Int.self, Column.sliceCount)
    unknownCount = try row.decode(Int.self, Column.unknownCount)
    firstStart = try row.decode(Int64.self, Column.firstStart)
    lastStart = try row.decode(Int64.self, Column.lastStart)
    longest = try row.decode(Int64?.self, Column.longest)
    sum = try row.decode(Int64.self, Column.sum)
    guard checksum == (try row.decode(Int64.self, Column.checksum)) else {
      throw StoreError(
        damaged: "a roll-up of a \(key.level.rawValue) that is not what was written",
        path: path,
        location: StoreError.Location(table: "rollup", row: key.start, column: "checksum")
      )
    }
  }
}

extension RollupRow {
  init(_ key: RollupKey, _ header: PieceHeader, sum: Int64) {
    self.key = key
    captureCount = header.captureCount
    sliceCount = header.sliceCount
    unknownCount = header.unknownCount
    firstStart = header.firstStart
    lastStart = header.lastStart
    longest = header.longest
    self.sum = sum
  }

  /// The checksum of the row.
  ///
  /// The key is part of it. A row whose label or start changed is a whole row of another slice, where it
  /// would be counted instead, and no figure would look wrong.
  ///
  /// CRC-32C of the columns before it in their order: texts with their length before them, numbers
  /// in eight bytes, a missing duration as none.
  var checksum: Int64 {
    var bytes: [UInt8] = []
    // Lengths come first, or two texts next to each other could be parted in two ways.
    for text in [key.level.rawValue, key.kind.rawValue, key.clock.rawValue] {
      bytes.appendVarint(UInt64(text.utf8.count))
      bytes += Array(text.utf8)
    }
    for number in [
      Int64(key.label), key.start, Int64(captureCount), Int64(sliceCount), Int64(unknownCount),
      firstStart, lastStart, sum,
    ] {
      bytes.appendLittleEndian(UInt64(bitPattern: number))
    }
    if let longest { bytes.appendLittleEndian(UInt64(bitPattern: longest)) }
    return Int64(CRC32C.checksum(of: bytes.span))
  }
}

/// What is known of captures besides their figures.
struct PieceHeader: Equatable {
  var captureCount = 0
  /// How many cover a slice of time, and for how many that is not known.
  var sliceCount = 0
  var unknownCount = 0
  var firstStart = Int64.max
  var lastStart = Int64.min
  /// The longest known duration, in nanoseconds.
  var longest: Int64?
  var figures = CaptureFigures()

  mutating func add(_ other: PieceHeader) {
    captureCount += other.captureCount
    sliceCount += other.sliceCount
    unknownCount += other.unknownCount
    firstStart = min(firstStart, other.firstStart)
    lastStart = max(lastStart, other.lastStart)
    if let duration = other.longest { longest = max(longest ?? duration, duration) }
    figures.add(other.figures)
  }
}

extension PieceHeader {
  /// Whether both are the same, as far as their figures are known.
  func agrees(with other: PieceHeader) -> Bool {
    var same = other
    same.figures = figures
    return self == same && figures.agrees(with: other.figures)
  }

  init(_ row: RollupRow, _ figures: CaptureFigures) {
    self.figures = figures
    captureCount = row.captureCount
    sliceCount = row.sliceCount
    unknownCount = row.unknownCount
    firstStart = row.firstStart
    lastStart = row.lastStart
    longest = row.longest
  }

  init(_ capture: CaptureRow) {
    self.init(
      captureCount: 1,
      sliceCount: capture.covers == .slice ? 1 : 0,
      unknownCount: capture.covers == .unknown ? 1 : 0,
      firstStart: capture.start,
      lastStart: capture.start,
      longest: capture.duration,
      figures: CaptureFigures(capture)
    )
  }
}

#endif
