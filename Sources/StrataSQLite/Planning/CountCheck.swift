// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery

/// Compares the captures that a cover finds with those that were stored.
///
/// A row that is read has a checksum; nothing shows that a row is missing. An entry that an index
/// lost, a roll-up whose key changed, a note of late captures that is gone: each makes an answer
/// that is too small and looks like any other. What was stored is known by the hour
/// (``CaptureCounts``), so what the hours at the ends of a range hold outside it is counted, too.
struct CountCheck {
  private let snapshot: SQLiteSnapshot
  private let zones: [(level: RollupLevel, range: Range<Int128>)]

  init(_ snapshot: SQLiteSnapshot) throws {
    self.snapshot = snapshot
    zones = try PrunedCaptures.zones(snapshot.db)
  }

  /// Fails unless a cover, which was made with roll-ups up to a level, finds all captures.
  ///
  /// Where a pass has counted them, `found` is how many it finds.
  func check(_ cover: Cover, found: Int? = nil, upTo level: RollupLevel?) throws {
    guard !cover.stream.range.isEmpty else { return }
    switch cover.stream.key {
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
    let range = cover.stream.range
    let (first, last) = (slice(of: range.lowerBound), slice(of: range.upperBound - 1))
    // What was read is counted as it was read. A second look at the same captures, by a roll-up or from
    // another place of an index, may find what the first one missed.
    var found = try read ?? count(cover.pieces, of: cover.stream, in: range)
    found += try count(from: first.lowerBound, to: range.lowerBound, cover.stream, level)
    found += try count(from: range.upperBound, to: last.upperBound, cover.stream, level)
    // Counts are kept by the hour: finer ones would take as much room as the index that they check.
    let hour = { (time: Int128) in CaptureCounts.hour(of: Int64(clamping: time)) }
    let hours = hour(first.lowerBound)...hour(last.upperBound - 1)
    let stored = try CaptureCounts.stored(cover.stream, label: label, hours: hours, snapshot.db)
    guard found != stored else { return }
    throw StoreError(
      damaged: "\(found) captures where \(stored) were stored",
      path: snapshot.path
    )
  }

  /// How many captures there are in a part of a slice that is not asked for.
  private func count(
    from start: Int128,
    to end: Int128,
    _ stream: CaptureStream,
    _ level: RollupLevel?
  ) throws -> Int {
    guard start < end else { return 0 }
    var stream = stream
    stream.range = start..<end
    let finest = wider(level.map { min($0, .minute) }, zone(of: start))
    let rest = try Cover(unchecked: stream, upTo: finest, snapshot)
    return try count(rest.pieces, of: stream, in: stream.range)
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
    of stream: CaptureStream,
    in range: Range<Int128>
  ) throws -> Int {
    try pieces.reduce(0) { sum, piece in
      switch piece {
      case .rollup(let row):
        return range.contains(Int128(row.start)) ? sum + row.captureCount : sum
      case .captures(let captures):
        let captures = captures.clamped(to: range)
        guard !captures.isEmpty else { return sum }
        return sum + (try count(try snapshot.captureQuery(stream, in: captures)))
      case .late(let level, let slice):
        guard range.contains(slice.lowerBound) else { return sum }
        return sum + (try count(CaptureQuery(late: level, stream, in: slice)))
      }
    }
  }

  /// Looks for the captures of arbitrary label sets, for which there are no counts, in both
  /// indexes, and counts all captures of the time: single ones, and roll-ups where those are gone.
  private func compareIndexes(_ cover: Cover) throws {
    guard cover.stream.labelSets != nil else { return }
    var whole = cover.stream
    // Choices of label sets outnumber captures and have no counts. The captures of all label sets
    // are counted instead, and those of the choice found by two indexes: a row that is missing in
    // one of them is unlikely to be missing in the other.
    (whole.key, whole.labelSets) = (.all, nil)
    let bound = Int128(try PrunedCaptures.bound(of: nil, snapshot.db) ?? .min)
    let range = whole.range
    whole.range = range.clamped(to: bound..<max(bound, Int128(Int64.max) + 1))
    if !whole.range.isEmpty { _ = try Cover(whole, upTo: nil, snapshot) }
    // Roll-ups of a zone's own level show that a question about it is to be refused.
    for zone in zones {
      whole.range = range.clamped(to: zone.range)
      guard !whole.range.isEmpty else { continue }
      let sums = try Cover(unchecked: whole, upTo: zone.level, snapshot)
      try check(sums, label: 0, zone.level)
    }
    for case .captures(let range) in cover.pieces {
      let byStart = try count(CaptureQuery(cover.stream, in: range, byLabels: false))
      let byLabels = try count(CaptureQuery(cover.stream, in: range, byLabels: true))
      guard byStart == byLabels else {
        throw StoreError(
          damaged: "\(byStart) captures by their time and \(byLabels) by their labels",
          path: snapshot.path
        )
      }
    }
  }

  private func count(_ query: CaptureQuery) throws -> Int {
    try Int.fetchOne(snapshot.db, sql: query.countSQL, arguments: query.arguments) ?? 0
  }
}

#endif
