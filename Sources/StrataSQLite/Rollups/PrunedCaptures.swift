// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery
import StrataStoreFormat

/// What retention took away, and whether a question needs it.
///
/// Before captures go, all that they held is in roll-ups of minutes and hours, whatever their
/// number, and before hours go, in those of days. So a roll-up that a piece of single captures cuts
/// tells that something of the piece is gone, and where there is none, the piece is what is there.
enum PrunedCaptures {
  /// The time before which the captures, or the roll-ups of a level, were pruned; nil where none.
  static func bound(of level: RollupLevel?, _ db: Database) throws -> Int64? {
    let key = key(of: level)
    let statement = try db.cachedStatement(sql: "SELECT value, checksum FROM meta WHERE key = ?")
    guard let row = try Row.fetchOne(statement, arguments: [key]) else { return nil }
    let text = try row.decode(String.self, forColumn: "value")
    guard
      try row.decode(Int64.self, forColumn: "checksum") == Int64(NameChecksum.setting(key, text)),
      let bound = Int64(text)
    else {
      // With a wrong time here, a question that can be answered would be refused.
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "\(key) differs from its checksum")
    }
    return bound
  }

  /// Notes that all before a time is gone.
  static func setBound(_ time: Int64, of level: RollupLevel?, _ db: Database) throws {
    try set(key(of: level), "\(max(time, try bound(of: level, db) ?? .min))", db)
  }

  /// Writes a row of `meta`.
  static func set(_ key: String, _ value: String, _ db: Database) throws {
    try db.execute(
      sql: "INSERT OR REPLACE INTO meta (key, value, checksum) VALUES (?, ?, ?)",
      arguments: [key, value, Int64(NameChecksum.setting(key, value))]
    )
  }

  private static func key(of level: RollupLevel?) -> String {
    "prunedBefore.\(level?.rawValue ?? "captures")"
  }

  /// Fails where some of the captures of a selection are kept as sums alone, or are not found.
  static func check(_ selection: ProfileSelection, _ snapshot: SQLiteSnapshot) throws {
    for strand in try snapshot.strands(of: selection) { _ = try Cover(strand, upTo: nil, snapshot) }
  }

  /// Fails where a cover reads single captures that are kept as sums alone.
  static func check(_ cover: Cover, _ snapshot: SQLiteSnapshot) throws {
    let zones = try zones(snapshot.db)
    guard let bound = zones.last?.range.upperBound else { return }
    var strand = cover.strand
    // Captures that no roll-up holds alone, such as those of two labels, may be in any.
    if strand.key == .none { strand.key = .all }
    for case .captures(let range) in cover.pieces where range.lowerBound < bound {
      for zone in zones {
        let gone = range.clamped(to: zone.range)
        guard !gone.isEmpty else { continue }
        let slices = zone.level.floor(gone.lowerBound)..<gone.upperBound
        guard try RollupRow.fetch(zone.level, strand, in: slices, snapshot).isEmpty else {
          throw QueryError.prunedCaptures(
            before: Timestamp(nanoseconds: Int64(clamping: bound)),
            keptBy: zone.level.sumLevel
          )
        }
      }
    }
  }

  /// The finest level that is complete in each range of time from which captures are gone.
  static func zones(
    _ db: Database
  ) throws -> [(level: RollupLevel, range: Range<Int128>)] {
    guard let captures = try bound(of: nil, db) else { return [] }
    var zones: [(level: RollupLevel, range: Range<Int128>)] = []
    var start = Int128(Int64.min)
    for (level, finer) in [(RollupLevel.day, RollupLevel.hour), (.hour, .minute)] {
      guard let end = try bound(of: finer, db), Int128(end) > start else { continue }
      zones.append((level, start..<Int128(end)))
      start = Int128(end)
    }
    if Int128(captures) > start { zones.append((.minute, start..<Int128(captures))) }
    return zones
  }
}

#endif
