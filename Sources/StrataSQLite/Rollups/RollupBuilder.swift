// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery
import StrataStoreFormat

/// Adds up the captures of slices, inside a transaction of the writer.
struct RollupBuilder {
  /// A roll-up of fewer parts is no faster than these, and takes as much room.
  ///
  /// It is written for each label that the captures have, while they are stored once.
  static let fewestParts = 8

  private let snapshot: SQLiteSnapshot
  private let writer: RollupWriter
  private let groups: SliceGroups
  private var reader: SummableReader
  /// Used again for each sum, as it has a place for each function and edge of the store.
  private var sums: ProfileSums

  private var db: Database { snapshot.db }

  init(_ snapshot: SQLiteSnapshot) throws {
    self.snapshot = snapshot
    writer = RollupWriter(db: snapshot.db)
    groups = try SliceGroups(snapshot)
    reader = SummableReader(snapshot)
    sums = ProfileSums(functionCount: snapshot.functionCount, edgeCount: snapshot.edgeCount)
  }

  // MARK: - Slices

  /// Brings the roll-ups of a slice up to date.
  mutating func update(_ slice: Slice) throws {
    // Made again from its parts while these are there: what the old roll-up held does not matter.
    // Without them it is the only copy, and what came late can only be added to it.
    if slice.start >= (try prunedBefore(slice.level.parts)) {
      _ = try rollUp(slice)
    } else {
      try addLateProfiles(slice)
    }
  }

  /// The time before which the captures, or the roll-ups of a level, are gone.
  private func prunedBefore(_ level: RollupLevel?) throws -> Int64 {
    try PrunedCaptures.bound(of: level, db) ?? .min
  }

  /// Writes the roll-ups of a slice, late captures included, in the place of those there were.
  ///
  /// Only those are written that merge enough to be worth it, unless their parts are about to go.
  ///
  /// - Returns: Whether every sum fits into a roll-up; one that does not is left to its parts.
  mutating func rollUp(_ slice: Slice, keepingAll: Bool = false) throws -> Bool {
    // Where captures are gone, only the roll-ups of the level below know which labels there were.
    let areCapturesThere = try slice.start >= prunedBefore(nil)
    try checkCount(of: slice, upTo: areCapturesThere ? nil : slice.level.finer)
    let groups = try areCapturesThere ? groups.ofCaptures(slice) : groups.ofParts(slice)
    // All of them first: a label whose captures are too few by now must not keep an old roll-up.
    try writer.removeAll(slice.level, slice.start)
    var areAllKept = true
    for group in groups {
      // Figures that an older version's roll-ups lack are read from the captures, which are there.
      let figures = areCapturesThere ? Figure.ofCaptures : []
      areAllKept = try rollUp(group, slice, knowing: figures, keepingAll: keepingAll) && areAllKept
    }
    try SliceState.rolledUp.set(slice, db)
    try forgetLateProfiles(slice)
    return areAllKept
  }

  /// Fails where not all parts of a slice are found: a roll-up would make the loss permanent.
  ///
  /// Captures are counted by the hour, so that the minutes of one share a check.
  private func checkCount(of slice: Slice, upTo level: RollupLevel?) throws {
    var range = slice.range
    if slice.level == .minute {
      let hour = RollupLevel.hour.floor(range.lowerBound)
      range = hour..<hour + Int128(RollupLevel.hour.width)
    }
    let bounds = Int128(Int64.min)..<Int128(Int64.max) + 1
    for figures in try FigureKind.all(db, path: snapshot.path) {
      let stream = CaptureStream(
        key: .all,
        kind: figures.kind,
        clock: figures.clock,
        range: range.clamped(to: bounds)
      )
      _ = try Cover(stream, upTo: level, snapshot)
    }
  }

  /// Writes all roll-ups of an hour, and of its minutes unless these are to go as well, of however
  /// few captures: these are about to go.
  ///
  /// If they do not hold all, there are none, and the hour is kept by its captures.
  mutating func rollUpAll(ofHour start: Int64, withMinutes: Bool) throws {
    let hour = Slice(level: .hour, start: start)
    let minutes = withMinutes ? try minutes(of: hour) : []
    var areAllKept = true
    for slice in minutes + [hour] {
      areAllKept = try rollUp(slice, keepingAll: true) && areAllKept
    }
    // A sum passed 63 bits, and the captures stay. A roll-up before the bound of pruning shows that
    // its captures are gone (``PrunedCaptures``), so none may be left here.
    guard !areAllKept else { return }
    for slice in minutes + [hour] { try writer.removeAll(slice.level, slice.start) }
    try SliceState.keptByCaptures.set(hour, db)
  }

  /// Whether the roll-ups of an hour's minutes would take clearly less room than its captures.
  ///
  /// They are counted, and not weighed: one takes at least the room of one capture.
  func areMinutesSmaller(ofHour start: Int64) throws -> Bool {
    var (captures, sums) = (0, 0)
    for slice in try minutes(of: Slice(level: .hour, start: start)) {
      let groups = try groups.ofCaptures(slice)
      sums += groups.count
      for group in groups where group.labels.contains(0) { captures += group.captureCount ?? 0 }
    }
    return sums <= captures / 2
  }

  private func minutes(of hour: Slice) throws -> [Slice] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT DISTINCT start FROM capture INDEXED BY captureStart WHERE start >= ? AND start <= ?
        """
    )
    let times = try Int64.fetchAll(statement, arguments: [hour.start, hour.lastTime])
    return Set(times.compactMap { RollupLevel.minute.sliceStart(of: $0) }).sorted()
      .map { Slice(level: .minute, start: $0) }
  }

  private mutating func rollUp(
    _ group: CaptureGroup,
    _ slice: Slice,
    knowing figures: [Figure],
    keepingAll: Bool
  ) throws -> Bool {
    let stream = group.stream(in: slice)
    let finer = slice.level.finer
    // Not counted again: the whole slice was, for all of its groups at once.
    let cover = try Cover(unchecked: stream, upTo: finer, knowing: figures, snapshot)
    try PrunedCaptures.check(cover, snapshot)
    let rollups = cover.rollups
    // Where parts are gone, the number of captures is not known, and a roll-up is worth it.
    let singleCaptures = group.captureCount.map { count in
      count - rollups.reduce(0) { $0 + $1.captureCount }
    }
    if let singleCaptures, !keepingAll, rollups.count + singleCaptures < Self.fewestParts {
      return true
    }
    // A day of one busy hour: both have the same sum, which is stored once.
    if singleCaptures == 0, rollups.count == 1 {
      let header = PieceHeader(rollups[0], try SumFigures.read(of: rollups[0], snapshot))
      try write(group, slice, header, sum: rollups[0].sum)
      return true
    }
    let header = try add(cover.pieces, stream)
    guard !sums.hasExcess else { return false }
    try write(group, slice, header, sum: try writer.write(sums, header.figures))
    return true
  }

  private func write(
    _ group: CaptureGroup,
    _ slice: Slice,
    _ header: PieceHeader,
    sum: Int64
  ) throws {
    for key in group.keys(in: slice) { try writer.write(RollupRow(key, header, sum: sum)) }
  }

  /// Adds pieces up in ``sums``, and returns what else is known of them.
  private mutating func add(_ pieces: [Cover.Piece], _ stream: CaptureStream) throws -> PieceHeader
  {
    // Taken out, so that the closure changes it in place, without a copy.
    var sums = ProfileSums(functionCount: 0, edgeCount: 0)
    swap(&sums, &self.sums)
    defer { swap(&sums, &self.sums) }
    sums.reset()
    var header = PieceHeader()
    for piece in pieces {
      try reader.forEachProfile(piece, of: stream) { profile, part in
        sums.add(profile)
        header.add(part)
      }
    }
    return header
  }

  // MARK: - Late captures

  /// Adds late captures to the roll-ups of a slice whose parts were pruned.
  ///
  /// Where a sum would pass 63 bits, all of them stay late, and are read besides the roll-ups.
  private mutating func addLateProfiles(_ slice: Slice) throws {
    var areAdded = true
    if slice.start < (try prunedBefore(slice.level)) {
      // Nothing is kept of a level that was pruned itself. If pruning was cut off, roll-ups may be
      // left: without what came late, they would be wrong.
      try writer.removeAll(slice.level, slice.start)
    } else {
      // All labels or none: a capture that is in the roll-up of one label and late for another would be
      // counted twice by the first, or never by the second.
      try db.inSavepoint {
        for group in try groups.ofLateProfiles(slice) where areAdded {
          areAdded = try addLateProfiles(group, slice)
        }
        return areAdded ? .commit : .rollback
      }
    }
    if areAdded { try forgetLateProfiles(slice) }
  }

  private mutating func addLateProfiles(_ group: CaptureGroup, _ slice: Slice) throws -> Bool {
    let stream = group.stream(in: slice)
    // One or none. Its parts are gone, so it is a part of the new sum itself.
    let known = try RollupRow.fetch(slice.level, stream, in: slice.range, snapshot)
    let late = Cover.Piece.late(slice.level, slice.range)
    let header = try add(known.map { .rollup($0) } + [late], stream)
    guard !sums.hasExcess else { return false }
    try write(group, slice, header, sum: try writer.write(sums, header.figures))
    return true
  }

  private func forgetLateProfiles(_ slice: Slice) throws {
    // The roll-ups hold them from now on: read in addition to these, they would count twice.
    let delete = "DELETE FROM lateCapture WHERE level = ? AND start = ?"
    try db.cachedStatement(sql: delete).execute(arguments: slice.arguments)
  }
}

#endif
