// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery

/// Adds up the captures of slices, inside a transaction of the writer.
struct RollupBuilder {
  /// A roll-up of fewer parts is no faster than these, and takes as much room.
  static let fewestParts = 8

  private let snapshot: SQLiteSnapshot
  private let writer: RollupWriter
  private let labels: LabelMembership
  private var reader: SummableReader
  private var sums: ProfileSums

  private var db: Database { snapshot.db }

  init(_ snapshot: SQLiteSnapshot) throws {
    self.snapshot = snapshot
    writer = RollupWriter(db: snapshot.db)
    labels = try LabelMembership(snapshot.db)
    reader = SummableReader(snapshot)
    sums = ProfileSums(functionCount: snapshot.functionCount, edgeCount: snapshot.edgeCount)
  }

  // MARK: - Slices

  /// Brings the roll-ups of a slice up to date.
  mutating func update(_ slice: Slice) throws {
    let pruned = try PrunedCaptures.bound(of: nil, db) ?? .min
    let finerBound = try slice.level.finer.flatMap { try PrunedCaptures.bound(of: $0, db) } ?? .min
    if slice.start >= pruned {
      _ = try rollUp(slice)
    } else if slice.level == .day, slice.start >= finerBound {
      _ = try rollUp(slice, groups: groupsOfParts(slice))
    } else {
      try addLateProfiles(slice)
    }
  }

  /// Writes the roll-ups of a slice, late captures included, in the place of those there were.
  ///
  /// Only those are written that merge enough to be worth it, unless their parts are about to go.
  ///
  /// - Returns: Whether every sum fits into a roll-up; one that does not is left to its parts.
  mutating func rollUp(_ slice: Slice, keepingAll: Bool = false) throws -> Bool {
    let pruned = try PrunedCaptures.bound(of: nil, db) ?? .min
    let groups = try slice.start < pruned ? groupsOfParts(slice) : groups(slice)
    return try rollUp(slice, groups: groups, keepingAll: keepingAll)
  }

  /// Writes all roll-ups of an hour and of its minutes, of however few captures: these are about to
  /// go.
  ///
  /// - Returns: Whether they hold all; if not, the captures must stay.
  mutating func rollUpAll(ofHour start: Int64) throws -> Bool {
    let starts = try Int64.fetchAll(
      try db.cachedStatement(
        sql:
          "SELECT DISTINCT start FROM profile INDEXED BY profileStart WHERE start >= ? AND start <= ?"
      ),
      arguments: [start, start + RollupLevel.hour.width - 1]
    )
    let minutes = Set(starts.compactMap { RollupLevel.minute.sliceStart(of: $0) })
    var areAllKept = true
    for minute in minutes.sorted() {
      let slice = Slice(level: .minute, start: minute)
      areAllKept = try rollUp(slice, keepingAll: true) && areAllKept
    }
    areAllKept = try rollUp(Slice(level: .hour, start: start), keepingAll: true) && areAllKept
    guard !areAllKept else { return true }
    for minute in minutes { try writer.removeAll(.minute, minute) }
    try writer.removeAll(.hour, start)
    try SliceState.keptByCaptures.set(Slice(level: .hour, start: start), db)
    return false
  }

  /// Adds the late captures of a range to the roll-ups of all levels.
  mutating func updateLate(in range: Range<Int64>) throws {
    for level in RollupLevel.allCases {
      let first = level.floor(Int128(range.lowerBound))
      let starts = try Int64.fetchAll(
        db,
        sql: "SELECT DISTINCT start FROM lateProfile WHERE level = ? AND start >= ? AND start < ?",
        arguments: [level.rawValue, Int64(clamping: first), range.upperBound]
      )
      for start in starts { try update(Slice(level: level, start: start)) }
    }
  }

  private mutating func rollUp(
    _ slice: Slice,
    groups: [Group],
    keepingAll: Bool = false
  ) throws -> Bool {
    try writer.removeAll(slice.level, slice.start)
    var areAllKept = true
    for group in groups {
      areAllKept = try rollUp(group, slice, keepingAll: keepingAll) && areAllKept
    }
    try SliceState.rolledUp.set(slice, db)
    try forgetLateProfiles(slice)
    return areAllKept
  }

  /// Adds late captures to the roll-ups of a slice whose parts were pruned.
  private mutating func addLateProfiles(_ slice: Slice) throws {
    // Nothing is kept of a level that was pruned itself.
    let bound = try PrunedCaptures.bound(of: slice.level, db) ?? .min
    for key in slice.start >= bound ? try keysOfLateProfiles(slice) : [] {
      try addLateProfiles(key.rollup, key.strand)
    }
    try forgetLateProfiles(slice)
  }

  private func forgetLateProfiles(_ slice: Slice) throws {
    let delete = "DELETE FROM lateProfile WHERE level = ? AND start = ?"
    try db.cachedStatement(sql: delete).execute(arguments: slice.arguments)
  }

  // MARK: - Groups

  /// Captures of a slice that one sum stands for: those of all its labels are the same.
  private struct Group: Hashable {
    var kind: ProfileKind
    var clock: ProfileClock
    /// How many there are; 0 where that is not known.
    var captureCount: Int
    var labelSets: [Int32]
    /// The labels that exactly these captures have; 0 where they are all there are.
    var labels: [Int32]

    init(
      kind: ProfileKind,
      clock: ProfileClock,
      captureCount: Int,
      labelSets: [Int32],
      labels: [Int32]
    ) {
      (self.kind, self.clock, self.captureCount) = (kind, clock, captureCount)
      (self.labelSets, self.labels) = (labelSets, labels)
    }

    init(_ figureKind: WriterCache.FigureKind, _ label: Int32, _ labelSets: [Int32]) {
      self.init(
        kind: figureKind.kind,
        clock: figureKind.clock,
        captureCount: 0,
        labelSets: labelSets,
        labels: [label]
      )
    }
  }

  private func groups(_ slice: Slice) throws -> [Group] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT kind, clock, labelSet, count(*) FROM profile INDEXED BY profileStart
        WHERE start >= ? AND start <= ? GROUP BY kind, clock, labelSet
        """
    )
    let arguments: StatementArguments = [slice.start, slice.start + slice.level.width - 1]
    var counts: [WriterCache.FigureKind: [Int32: Int]] = [:]
    let rows = try Row.fetchCursor(statement, arguments: arguments)
    while let row = try rows.next() {
      let figureKind = try figureKind(row, 0)
      let labelSet = try row.decode(Int32.self, atIndex: 2)
      counts[figureKind, default: [:]][labelSet] = try row.decode(Int.self, atIndex: 3)
    }
    return counts.flatMap { figureKind, counts in
      labels.groups(of: counts.keys.sorted()).map { labelSets, labels in
        Group(
          kind: figureKind.kind,
          clock: figureKind.clock,
          captureCount: labelSets.reduce(0) { $0 + (counts[$1] ?? 0) },
          labelSets: labelSets,
          labels: labels
        )
      }
    }
  }

  /// The groups of a slice whose captures are gone, in part at least: one for each label that its
  /// parts have.
  private func groupsOfParts(_ slice: Slice) throws -> [Group] {
    guard let finer = slice.level.finer else { return [] }
    let last = slice.start + slice.level.width - 1
    let rows = try Row.fetchAll(
      try db.cachedStatement(
        sql: """
          SELECT DISTINCT label, kind, clock FROM rollup WHERE level = ? AND start >= ? AND start <= ?
          """
      ),
      arguments: [finer.rawValue, slice.start, last]
    )
    var groups: Set<Group> = []
    for row in rows {
      let label = try row.decode(Int32.self, atIndex: 0)
      let figureKind = try figureKind(row, 1)
      groups.insert(Group(figureKind, label, labels.labelSets(with: label)))
    }
    for group in try self.groups(slice) {
      let figureKind = WriterCache.FigureKind(kind: group.kind, clock: group.clock)
      for label in group.labels {
        groups.insert(Group(figureKind, label, labels.labelSets(with: label)))
      }
    }
    return Array(groups)
  }

  private func figureKind(_ row: Row, _ index: Int) throws -> WriterCache.FigureKind {
    guard let kind = ProfileKind(rawValue: try row.decode(String.self, atIndex: index)),
      let clock = ProfileClock(rawValue: try row.decode(String.self, atIndex: index + 1))
    else { throw StoreError(damaged: "a kind or clock without meaning", path: snapshot.path) }
    return WriterCache.FigureKind(kind: kind, clock: clock)
  }

  private mutating func rollUp(_ group: Group, _ slice: Slice, keepingAll: Bool) throws -> Bool {
    let isEverything = group.labels.contains(0)
    let strand = Strand(
      key: isEverything ? .all : .label(group.labels[0]),
      labelSets: isEverything ? nil : group.labelSets,
      kind: group.kind,
      clock: group.clock,
      range: slice.range
    )
    let cover = try Cover(strand, upTo: slice.level.finer, snapshot)
    let rollups = cover.rollups
    let singleCaptures = group.captureCount - rollups.reduce(0) { $0 + $1.captureCount }
    // Of what is in parts alone, the number of captures is not known: it is worth it.
    guard
      keepingAll || group.captureCount == 0
        || rollups.count + singleCaptures >= Self.fewestParts
    else { return true }
    var header = PieceHeader()
    let sum: Int64
    if singleCaptures == 0, rollups.count == 1, group.captureCount > 0 {
      header.add(PieceHeader(rollups[0]))
      sum = rollups[0].sum
    } else {
      sums.reset()
      for piece in cover.pieces { try add(piece, strand, &header) }
      guard !sums.hasExcess else { return false }
      sum = try writer.write(sums)
    }
    for label in group.labels {
      let key = RollupKey(
        level: slice.level,
        label: label,
        kind: group.kind,
        clock: group.clock,
        start: slice.start
      )
      try writer.write(RollupRow(key, header, sum: sum))
    }
    return true
  }

  private mutating func add(
    _ piece: Cover.Piece,
    _ strand: Strand,
    _ header: inout PieceHeader
  ) throws {
    // Taken out, so that the closure changes it where it stands.
    var sums = ProfileSums(functionCount: 0, edgeCount: 0)
    swap(&sums, &self.sums)
    defer { swap(&sums, &self.sums) }
    try reader.forEachProfile(piece, of: strand) { profile, part in
      sums.add(profile)
      header.add(part)
    }
  }

  // MARK: - Late captures

  private func keysOfLateProfiles(
    _ slice: Slice
  ) throws -> [(rollup: RollupKey, strand: Strand)] {
    let rows = try Row.fetchAll(
      try db.cachedStatement(
        sql: """
          SELECT DISTINCT kind, clock, labelSet
          FROM lateProfile JOIN profile ON profile.id = lateProfile.profile
          WHERE lateProfile.level = ? AND lateProfile.start = ?
          """
      ),
      arguments: slice.arguments
    )
    var labelSets: [RollupKey: [Int32]] = [:]
    for row in rows {
      let figureKind = try figureKind(row, 0)
      let labelSet = try row.decode(Int32.self, atIndex: 2)
      for label in [0] + labels.labels(of: labelSet) {
        let key = RollupKey(
          level: slice.level,
          label: label,
          kind: figureKind.kind,
          clock: figureKind.clock,
          start: slice.start
        )
        labelSets[key, default: []].append(labelSet)
      }
    }
    return labelSets.map { key, labelSets in
      (
        key,
        Strand(
          key: key.label == 0 ? .all : .label(key.label),
          labelSets: labelSets,
          kind: key.kind,
          clock: key.clock,
          range: slice.range
        )
      )
    }
  }

  private mutating func addLateProfiles(_ key: RollupKey, _ strand: Strand) throws {
    let known = try RollupRow.fetch(key.level, strand, in: strand.range, snapshot).first
    var header = PieceHeader()
    sums.reset()
    if let known { try add(.rollup(known), strand, &header) }
    try add(.late(key.level, strand.range), strand, &header)
    guard !sums.hasExcess else {
      throw StoreError(
        tooLarge: "a sum of more",
        expected: "roll-ups of less than 2^63 ns",
        path: snapshot.path
      )
    }
    try writer.write(RollupRow(key, header, sum: try writer.write(sums)))
  }
}

extension Cover {
  /// The roll-ups among the pieces.
  var rollups: [RollupRow] {
    pieces.compactMap { if case .rollup(let row) = $0 { row } else { nil } }
  }
}

#endif
