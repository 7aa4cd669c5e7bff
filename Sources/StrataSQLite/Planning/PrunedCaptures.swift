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
/// shows that something of the piece is gone, and where there is none, the piece is complete.
enum PrunedCaptures {
  /// The time before which the captures, or the roll-ups of a level, were pruned; nil where none.
  static func bound(of level: RollupLevel?, _ db: Database) throws -> Int64? {
    try number(key(of: level), db)
  }

  /// A number in `meta`; nil where there is none.
  static func number(_ key: String, _ db: Database) throws -> Int64? {
    let statement = try db.cachedStatement(sql: "SELECT value, checksum FROM meta WHERE key = ?")
    guard let row = try Row.fetchOne(statement, arguments: [key]) else { return nil }
    let text = try row.decode(String.self, forColumn: "value")
    guard
      try row.decode(Int64.self, forColumn: "checksum") == Int64(NameChecksum.setting(key, text)),
      let number = Int64(text)
    else {
      // With a wrong time here, a question that can be answered would be refused.
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "\(key) differs from its checksum")
    }
    return number
  }

  /// Notes that all before a time is gone.
  static func setBound(_ time: Int64, of level: RollupLevel?, _ db: Database) throws {
    // Never moved back: what is gone stays gone.
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
    for stream in try snapshot.streams(of: selection) { _ = try Cover(stream, upTo: nil, snapshot) }
  }

  /// Fails where a cover reads single captures that are kept as sums alone.
  static func check(_ cover: Cover, _ snapshot: SQLiteSnapshot) throws {
    let zones = try zones(snapshot.db)
    // Mostly nothing was ever pruned, and a question pays for this look alone.
    guard let bound = zones.last?.range.upperBound else { return }
    var stream = cover.stream
    // Captures that no roll-up holds alone, such as those of two labels, may be in any.
    if stream.key == .none { stream.key = .all }
    var unknown: (figure: Figure, before: Int128)?
    for case .captures(let range) in cover.pieces where range.lowerBound < bound {
      for zone in zones {
        let gone = range.clamped(to: zone.range)
        guard !gone.isEmpty else { continue }
        // Before its captures went, all that a slice held was rolled up, however little it was. So a
        // roll-up in a range that is read capture by capture proves that captures are missing there;
        // without one there never were any.
        let slices = zone.level.floor(gone.lowerBound)..<gone.upperBound
        let rows = try RollupRow.fetch(zone.level, stream, in: slices, snapshot)
        guard !rows.isEmpty else { continue }
        // They may have been passed over because they do not know a figure.
        guard let lack = try lack(of: cover.figures, in: rows, snapshot) else {
          throw QueryError.prunedCaptures(
            before: Timestamp(nanoseconds: Int64(clamping: bound)),
            keptBy: zone.level.sumLevel
          )
        }
        unknown = (lack.figure, max(lack.before, unknown?.before ?? lack.before))
      }
    }
    guard let unknown else { return }
    let time = Timestamp(nanoseconds: Int64(clamping: unknown.before))
    throw QueryError.figureUnknown(unknown.figure, before: time)
  }

  /// A figure that roll-ups do not know, and the end of the last of them; nil where they know all.
  private static func lack(
    of figures: [Figure],
    in rows: [RollupRow],
    _ snapshot: SQLiteSnapshot
  ) throws -> (figure: Figure, before: Int128)? {
    for figure in figures {
      let last = try rows.last { try SumFigures.read(figure, of: $0, snapshot) == nil }
      if let last { return (figure, last.range.upperBound) }
    }
    return nil
  }

  /// The finest level that is complete in each range of time whose captures are gone.
  static func zones(
    _ db: Database
  ) throws -> [(level: RollupLevel, range: Range<Int128>)] {
    guard let captures = try bound(of: nil, db) else { return [] }
    var zones: [(level: RollupLevel, range: Range<Int128>)] = []
    var start = Int128(Int64.min)
    // Oldest first: what went longest ago is kept by days alone.
    for (level, finer) in [(RollupLevel.day, RollupLevel.hour), (.hour, .minute)] {
      // A level is the finest one up to where the next finer one was pruned.
      guard let end = try bound(of: finer, db), Int128(end) > start else { continue }
      zones.append((level, start..<Int128(end)))
      start = Int128(end)
    }
    // From there to where captures begin, the minutes are complete.
    if Int128(captures) > start { zones.append((.minute, start..<Int128(captures))) }
    return zones
  }
}

// MARK: - Checking

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataStoreFormat

// What the store keeps of pruned captures is the only copy. Identities that were lost would let the
// same captures be stored, and counted, again; sums that were lost would be missed only when the
// finer ones that they were made of are gone as well.

extension PrunedCaptures {
  /// Keeps the identities of captures that are about to go.
  static func keepIdentities(of captures: [Int64], _ db: Database) throws {
    var kept = Tally()
    let query = try db.cachedStatement(sql: "SELECT profileID FROM capture WHERE id = ?")
    let insert = try db.cachedStatement(
      sql: "INSERT OR IGNORE INTO prunedCapture (profileID) VALUES (?)"
    )
    for capture in captures {
      guard let id = try Data.fetchOne(query, arguments: [capture]) else { continue }
      // An identity that is lost would let its capture in again, to be counted twice. So they are
      // tallied, and only those that are new: a capture may have been pruned, upgraded and pruned again.
      try insert.execute(arguments: [id])
      if db.changesCount > 0 { kept.add(checksum(id)) }
    }
    try Tally.add(kept, to: .prunedCaptures, db)
  }

  /// Fails where identities are missing.
  ///
  /// - Complexity: O(*n*) in the identities, which are not read: some milliseconds for a million.
  static func checkIdentityCount(_ db: Database, path: String) throws {
    let found = try db.number("SELECT count(*) FROM prunedCapture")
    let written = try Tally(.prunedCaptures, db).rows
    guard found != written else { return }
    throw StoreError(
      damaged: "\(found) identities of pruned captures where \(written) were written",
      path: path
    )
  }

  /// All identities, to be compared with what was written.
  static func identities(_ db: Database) throws -> Tally {
    var found = Tally()
    let rows = try Data.fetchCursor(db, sql: "SELECT profileID FROM prunedCapture")
    while let id = try rows.next() { found.add(checksum(id)) }
    return found
  }

  private static func checksum(_ id: Data) -> UInt32 {
    CRC32C.checksum(of: [UInt8](id).span)
  }

  /// Fails where roll-ups of a level that are about to go are not in those of the next one.
  ///
  /// All captures of the time must be gone; what they held is in both levels then. What came late may be
  /// in one level before it is in the other, and its captures are there until it is in both. Where the
  /// wider level is pruned itself, nothing can be compared: a capture that came later still may have
  /// sums by the minute, while those by the hour went into those by the day.
  static func checkSums(
    of level: RollupLevel,
    in wider: RollupLevel,
    before end: Int64,
    _ db: Database,
    path: String
  ) throws {
    let width = wider.width
    let start = try bound(of: wider, db) ?? .min
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT slice, captures FROM (
          SELECT start - (start % \(width) + \(width)) % \(width) AS slice, label, kind, clock,
            sum(captureCount) AS captures
          FROM rollup WHERE level = ?1 AND start < ?2 AND start >= ?4 GROUP BY slice, label, kind, clock
        ) AS fine WHERE captures > coalesce((
          SELECT captureCount FROM rollup WHERE level = ?3 AND label = fine.label
            AND kind = fine.kind AND clock = fine.clock AND start = fine.slice
        ), 0) + (
          SELECT count(*) FROM lateCapture WHERE level = ?3 AND start = fine.slice
        ) LIMIT 1
        """,
      arguments: [level.rawValue, end, wider.rawValue, start]
    )
    guard let row else { return }
    let captures = try row.decode(Int64.self, forColumn: "captures")
    throw StoreError(
      damaged:
        "sums by \(level.rawValue) of \(captures) captures "
        + "that no sum by \(wider.rawValue) contains",
      path: path,
      location: StoreError.Location(
        table: "rollup",
        row: try row.decode(Int64.self, forColumn: "slice"),
        column: wider.rawValue
      )
    )
  }
}
#endif
