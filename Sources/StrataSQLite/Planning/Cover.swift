// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery

/// What answers for the captures of a stream: each of them is in exactly one piece.
struct Cover {
  /// Captures that are read together.
  enum Piece {
    /// A roll-up holds them.
    case rollup(RollupRow)
    /// They are read one by one, by when they started.
    case captures(Range<Int128>)
    /// They came after their slices of a level in a range were rolled up.
    case late(RollupLevel, Range<Int128>)
  }

  let stream: CaptureStream
  /// The figures of whole captures that its roll-ups know.
  let figures: [Figure]
  private(set) var pieces: [Piece] = []

  /// Covers a stream with the widest roll-ups there are, up to a level.
  ///
  /// Ends of the range that no slice fills, and slices without a roll-up, are for the next level
  /// below, and at last for single captures. So are roll-ups that do not know `figures`.
  ///
  /// - Throws: `QueryError.prunedCaptures` where single captures are needed that are gone.
  /// Fails, too, where it does not find all captures that were stored (``CountCheck``).
  init(_ stream: CaptureStream, upTo level: RollupLevel?, _ snapshot: SQLiteSnapshot) throws {
    try self.init(uncounted: stream, upTo: level, snapshot)
    try checkCount(upTo: level, snapshot)
  }

  /// Covers a stream for a pass that counts what it reads, and then calls ``checkCount(found:upTo:_:)``.
  init(
    uncounted stream: CaptureStream,
    upTo level: RollupLevel?,
    knowing figures: [Figure] = [],
    _ snapshot: SQLiteSnapshot
  ) throws {
    try self.init(unchecked: stream, upTo: level, knowing: figures, snapshot)
    try PrunedCaptures.check(self, snapshot)
  }

  /// Fails where the pieces do not hold all captures that were stored.
  ///
  /// Pass `found`, how many they hold, where that is known: to count them costs a scan of an index.
  func checkCount(found: Int? = nil, upTo level: RollupLevel?, _ snapshot: SQLiteSnapshot) throws {
    // A question makes the same covers for each of its passes.
    let range = CountedRanges.Key(
      label: stream.label,
      kind: stream.kind,
      clock: stream.clock,
      labelSets: stream.labelSets,
      range: stream.range,
      level: level,
      figures: figures
    )
    guard snapshot.countedRanges.insert(range) else { return }
    try CountCheck(snapshot).check(self, found: found, upTo: level)
  }

  /// Covers a stream with what there is.
  init(
    unchecked stream: CaptureStream,
    upTo level: RollupLevel?,
    knowing figures: [Figure] = [],
    _ snapshot: SQLiteSnapshot
  ) throws {
    (self.stream, self.figures) = (stream, figures)
    try cover(stream.range, level, snapshot)
  }

  private mutating func cover(
    _ range: Range<Int128>,
    _ level: RollupLevel?,
    _ snapshot: SQLiteSnapshot
  ) throws {
    guard !range.isEmpty else { return }
    // Roll-ups exist for all captures and for each label. Of captures that two labels select, or a
    // choice of label sets, there is none: those are read one by one.
    guard let level, stream.label != nil else {
      pieces.append(.captures(range))
      return
    }
    let whole = level.wholeSlices(in: range)
    let rows = try RollupRow.fetch(level, stream, in: whole, knowing: figures, snapshot)
    // Only whole slices: a roll-up that the range cuts holds captures that were not asked for, and what
    // it adds up cannot be taken apart again.
    guard !rows.isEmpty else { return try cover(range, level.finer, snapshot) }
    var next = range.lowerBound
    for row in rows {
      // A damaged page may bring rows out of order, or some of another slice.
      guard row.range.lowerBound >= next, row.range.upperBound <= whole.upperBound else {
        throw StoreError(
          damaged: "roll-ups that are not in the order of their slices",
          path: snapshot.path,
          location: StoreError.Location(
            table: "rollup",
            row: Int64(clamping: row.range.lowerBound),
            column: "start"
          )
        )
      }
      // A slice without a roll-up had too few captures to be worth one, or is still open. The gap before
      // this one is for the next level, whose roll-ups may fill it; so each time is in one piece.
      try cover(next..<row.range.lowerBound, level.finer, snapshot)
      pieces.append(.rollup(row))
      next = row.range.upperBound
    }
    try cover(next..<range.upperBound, level.finer, snapshot)
    // What came late is in no roll-up of this level, but it may be in finer ones, which were left out
    // above. It is read one by one, for the slices whose roll-up holds all the rest.
    let late = try Self.slicesWithLateProfiles(level, in: whole, snapshot.db)
    for row in rows where late.contains(row.start) { pieces.append(.late(level, row.range)) }
  }

  /// The starts of the slices that captures came late for: none, mostly.
  private static func slicesWithLateProfiles(
    _ level: RollupLevel,
    in range: Range<Int128>,
    _ db: Database
  ) throws -> Set<Int64> {
    let statement = try db.cachedStatement(
      sql: "SELECT DISTINCT start FROM lateCapture WHERE level = ? AND start >= ? AND start < ?"
    )
    let arguments: StatementArguments = [
      level.rawValue, Int64(clamping: range.lowerBound), Int64(clamping: range.upperBound),
    ]
    return Set(try Int64.fetchAll(statement, arguments: arguments))
  }

  /// The roll-ups among the pieces.
  var rollups: [RollupRow] {
    pieces.compactMap { if case .rollup(let row) = $0 { row } else { nil } }
  }
}

#endif
