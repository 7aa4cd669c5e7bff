// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery

/// Compares the captures that a cover finds with those that were stored.
///
/// A row that is read has a checksum; a row that is not found has nothing that could tell. An entry
/// that an index lost, a roll-up whose key changed, a note of late captures that is gone: each makes
/// an answer that is too small and looks like any other. What was stored is known by the hour
/// (``CaptureCounts``), so the hours at the ends of a range, of which the cover needs a part, are
/// counted whole.
struct CountCheck {
  private let snapshot: SQLiteSnapshot
  private let zones: [(level: RollupLevel, range: Range<Int128>)]

  init(_ snapshot: SQLiteSnapshot) throws {
    self.snapshot = snapshot
    zones = try PrunedCaptures.zones(snapshot.db)
  }

  /// Fails unless a cover, which was made with roll-ups up to a level, finds all captures.
  ///
  /// - Parameter found: How many it finds, where a pass has counted them.
  func check(_ cover: Cover, found: Int? = nil, upTo level: RollupLevel?) throws {
    guard !cover.strand.range.isEmpty else { return }
    switch cover.strand.key {
    case .all: try check(cover, label: 0, level, read: found)
    case .label(let label): try check(cover, label: label, level, read: found)
    case .none: try compareIndexes(cover)
    }
  }

  private func check(
    _ cover: Cover,
    label: Int32,
    _ level: RollupLevel?,
    read: Int? = nil
  ) throws {
    let range = cover.strand.range
    let (first, last) = (slice(of: range.lowerBound), slice(of: range.upperBound - 1))
    // The slices at the ends, where the cover takes a part of them.
    var edges: [Range<Int128>] = []
    if first.lowerBound < range.lowerBound { edges.append(first) }
    if last.upperBound > range.upperBound, edges.last != last { edges.append(last) }
    var found = 0
    for edge in edges { found += try count(whole: edge, cover, level) }
    if let read {
      found += read
      for edge in edges {
        found -= try count(cover.pieces, of: cover.strand, in: edge.clamped(to: range))
      }
    } else {
      let start = edges.contains(first) ? first.upperBound : range.lowerBound
      let end = edges.contains(last) ? last.lowerBound : range.upperBound
      if start < end { found += try count(cover.pieces, of: cover.strand, in: start..<end) }
    }
    let hour = { (time: Int128) in CaptureCounts.hour(of: Int64(clamping: time)) }
    let hours = hour(first.lowerBound)...hour(last.upperBound - 1)
    let stored = try CaptureCounts.stored(cover.strand, label: label, hours: hours, snapshot.db)
    guard found != stored else { return }
    throw StoreError(
      damaged: "\(found) captures where \(stored) were stored",
      path: snapshot.path
    )
  }

  /// How many captures there are in a slice that the range of a cover cuts.
  ///
  /// They are looked for as the cover does: in roll-ups of minutes, but one by one in a minute that the
  /// range cuts as well, since its roll-up would tell nothing of the index that the cover reads there.
  private func count(
    whole slice: Range<Int128>,
    _ cover: Cover,
    _ level: RollupLevel?
  ) throws -> Int {
    let zone = zone(of: slice.lowerBound)
    let finest = wider(level.map { min($0, .minute) }, zone)
    let range = cover.strand.range
    var strand = cover.strand
    var found = 0
    var next = slice.lowerBound
    func add(upTo end: Int128, _ level: RollupLevel?) throws {
      guard next < end else { return }
      strand.range = next..<end
      let pieces = try Cover(unchecked: strand, upTo: level, snapshot).pieces
      found += try count(pieces, of: strand, in: strand.range)
      next = end
    }
    if zone == nil, finest == .minute {
      for end in [range.lowerBound, range.upperBound] where slice.contains(end) {
        let minute = RollupLevel.minute.floor(end)
        guard minute < end else { continue }
        try add(upTo: minute, finest)
        try add(upTo: minute + Int128(RollupLevel.minute.width), nil)
      }
    }
    try add(upTo: slice.upperBound, finest)
    return found
  }

  /// The hour that a time is in, or the day where hours are gone: what is counted whole.
  private func slice(of time: Int128) -> Range<Int128> {
    let level = zone(of: time) == .day ? RollupLevel.day : .hour
    let start = level.floor(time)
    let bounds = Int128(Int64.min)..<Int128(Int64.max) + 1
    return (start..<start + Int128(level.width)).clamped(to: bounds)
  }

  /// The finest level that is complete where the captures of a time are gone.
  private func zone(of time: Int128) -> RollupLevel? {
    zones.first { $0.range.contains(time) }?.level
  }

  private func wider(_ left: RollupLevel?, _ right: RollupLevel?) -> RollupLevel? {
    guard let left, let right else { return left ?? right }
    return max(left, right)
  }

  /// How many captures pieces hold in a range that cuts no roll-up.
  private func count(
    _ pieces: [Cover.Piece],
    of strand: Strand,
    in range: Range<Int128>
  ) throws -> Int {
    try pieces.reduce(0) { sum, piece in
      switch piece {
      case .rollup(let row):
        return range.contains(Int128(row.start)) ? sum + row.captureCount : sum
      case .captures(let captures):
        let captures = captures.clamped(to: range)
        guard !captures.isEmpty else { return sum }
        return sum + (try count(try snapshot.captureQuery(strand, in: captures)))
      case .late(let level, let slice):
        guard range.contains(slice.lowerBound) else { return sum }
        return sum + (try count(CaptureQuery(late: level, strand, in: slice)))
      }
    }
  }

  /// Looks for the captures of arbitrary label sets, which nobody counted, in both indexes, and counts
  /// all captures of the time: single ones, and where these are pruned, roll-ups.
  private func compareIndexes(_ cover: Cover) throws {
    guard cover.strand.labelSets != nil else { return }
    var whole = cover.strand
    (whole.key, whole.labelSets) = (.all, nil)
    let bound = Int128(try PrunedCaptures.bound(of: nil, snapshot.db) ?? .min)
    let range = whole.range
    whole.range = range.clamped(to: bound..<max(bound, Int128(Int64.max) + 1))
    if !whole.range.isEmpty { _ = try Cover(whole, upTo: nil, snapshot) }
    // Roll-ups of a zone's own level tell that a question about it is to be refused.
    for zone in zones {
      whole.range = range.clamped(to: zone.range)
      guard !whole.range.isEmpty else { continue }
      let sums = try Cover(unchecked: whole, upTo: zone.level, snapshot)
      try check(sums, label: 0, zone.level)
    }
    for case .captures(let range) in cover.pieces {
      let byStart = try count(CaptureQuery(cover.strand, in: range, byLabels: false))
      let byLabels = try count(CaptureQuery(cover.strand, in: range, byLabels: true))
      guard byStart == byLabels else {
        throw StoreError(
          damaged: "\(byStart) captures by their time and \(byLabels) by their labels",
          path: snapshot.path
        )
      }
    }
  }

  private func count(_ query: CaptureQuery) throws -> Int {
    try Int.fetchOne(snapshot.db, sql: query.sql(["count(*)"]), arguments: query.arguments) ?? 0
  }
}

/// The covers of a snapshot that were found complete: a question makes the same ones for each pass.
final class CheckedCovers {
  struct Key: Hashable {
    var key: Strand.Key
    var kind: ProfileKind
    var clock: ProfileClock
    var labelSets: [Int32]?
    var range: Range<Int128>
    var level: RollupLevel?
  }

  var keys: Set<Key> = []
}

#endif
