// SPDX-License-Identifier: Apache-2.0

#if Tools
// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import StrataQuery
import StrataStoreFormat

/// Reads all of one state of a store, and keeps what is not as it should be.
struct Verifier {
  private let snapshot: SQLiteSnapshot
  private let labels: LabelMembership
  private(set) var report = VerificationReport()
  /// The captures whose own checksums fail.
  private(set) var damagedCaptures: [Int64] = []
  /// Whether SQLite's pages or a dictionary are damaged: other findings may then be wrong.
  private(set) var isWiderDamage = false

  private var db: Database { snapshot.db }

  init(_ snapshot: SQLiteSnapshot) throws {
    self.snapshot = snapshot
    labels = try StoreError.translating(path: snapshot.path) { try LabelMembership(snapshot.db) }
  }

  mutating func run(_ progress: (Int, Int) -> Bool) throws {
    // From below: a finding in pages or names explains many in captures, and with one of these no
    // capture is removed.
    try check { try $0.verifyPages() }
    try check { try $0.verifyDictionaries() }
    isWiderDamage = !report.isWhole
    try check { try $0.verifyCounts() }
    // Each list is a check of its own: where a damaged page hides one, the other is still looked at.
    var captures: [Int64] = []
    try check {
      captures = try Int64.fetchAll($0.db, sql: "SELECT id FROM capture ORDER BY start, id")
    }
    var rollups: [RollupKey] = []
    try check { rollups = try $0.rollupKeys() }
    let total = captures.count + rollups.count
    for (done, capture) in captures.enumerated() {
      guard progress(done, total) else { return }
      verifyCapture(capture)
    }
    for key in rollups {
      guard progress(report.captures + report.rollups, total) else { return }
      try check { try $0.verifyRollup(key) }
      report.rollups += 1
    }
    _ = progress(total, total)
  }

  /// Runs a check; an error of the store is a finding, any other one ends all.
  private mutating func check(_ body: (inout Verifier) throws -> Void) throws {
    do {
      let path = snapshot.path
      try StoreError.translating(path: path) { try body(&self) }
    } catch let error as StoreError {
      report.findings.append(error)
    }
  }

  private mutating func found(_ table: String, _ row: Int64, _ column: String, _ found: String) {
    let location = StoreError.Location(table: table, row: row, column: column)
    let error = StoreError(damaged: found, path: snapshot.path, location: location)
    report.findings.append(error)
  }

  // MARK: - Pages and dictionaries

  private mutating func verifyPages() throws {
    for message in try String.fetchAll(db, sql: "PRAGMA integrity_check(20)") where message != "ok"
    {
      report.findings.append(StoreError(damaged: message, path: snapshot.path))
    }
    // `integrity_check` compares tables with their indexes, and not with each other.
    for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
      let table = try row.decode(String.self, forColumn: "table")
      let id = try row.decode(Int64?.self, forColumn: "rowid")
      let parent = try row.decode(String.self, forColumn: "parent")
      found(table, id ?? 0, parent, "a number missing from table \(parent)")
    }
  }

  private mutating func verifyDictionaries() throws {
    for table in ["string", "function", "edge", "label", "labelSet"] {
      // A row that is lost leaves a gap. If it was the last, only what refers to it shows that.
      let gap = try Int64.fetchOne(
        db,
        sql: "SELECT max(id) FROM \(table) HAVING max(id) <> count(*) OR min(id) <> 1"
      )
      if let gap { found(table, gap, "id", "numbers with gaps between them") }
    }
    let canonical = "SELECT id, canonical FROM function ORDER BY id"
    let rows = try Row.fetchCursor(db, sql: canonical)
    while let row = try rows.next() {
      // One by one: a function that fails must not keep the rest from being looked at.
      try check {
        let id = try row.decode(Int32.self, forColumn: "id")
        let other = try row.decode(Int32.self, forColumn: "canonical")
        let function = try $0.snapshot.function(FunctionID(id))
        if try $0.snapshot.function(FunctionID(other)) != function.canonical {
          $0.found("function", Int64(id), "canonical", "a function that is not the canonical one")
        }
      }
    }
    if snapshot.edgeCount >= 1 {
      // Read through the cache, which compares each row with its checksum.
      for edge in 1...snapshot.edgeCount { try check { _ = try $0.snapshot.edgeEnds(edge) } }
    }
    // These are read whole by every question, and compared with what was written.
    try check { _ = try $0.snapshot.functionAliases() }
    try check { _ = try $0.snapshot.names.labelSets($0.db, path: $0.snapshot.path) }
    try check { _ = try FigureKind.all($0.db, path: $0.snapshot.path) }
    try check {
      let identities = try PrunedCaptures.identities($0.db)
      try identities.check(.prunedCaptures, $0.db, path: $0.snapshot.path)
    }
    for row in try Row.fetchAll(db, sql: "SELECT id, labels FROM labelSet") {
      let id = try row.decode(Int32.self, forColumn: "id")
      if try row.decode(Data.self, forColumn: "labels") != labels.blob(of: id) {
        found("labelSet", Int64(id), "labels", "labels that differ from table labelSetLabel")
      }
    }
  }

  // MARK: - Captures and roll-ups

  private mutating func verifyCounts() throws {
    if let pruned = try PrunedCaptures.bound(of: nil, db) {
      try check {
        let path = $0.snapshot.path
        try PrunedCaptures.checkSums(of: .minute, in: .hour, before: pruned, $0.db, path: path)
      }
    }
    guard let difference = try CaptureCounts.firstDifference(db) else { return }
    let (hour, count, stored) = difference
    found("captureCount", hour, "captures", "\(count) captures where \(stored) were stored")
  }

  private mutating func verifyCapture(_ id: Int64) {
    report.captures += 1
    let before = report.findings.count
    do {
      // First what is the capture's own: it alone decides whether the capture may be removed.
      try check { try $0.snapshot.checkOwnChecksums(ofCapture: id) }
      guard report.findings.count == before else { return damagedCaptures.append(id) }
      // What is whole may still name what is not there.
      try check { _ = try $0.snapshot.record(ofCapture: id) }
    } catch {
      found("capture", id, "id", "\(error)")
    }
  }

  /// The keys of all roll-ups; one that cannot be read is a finding.
  private mutating func rollupKeys() throws -> [RollupKey] {
    let rows = try Row.fetchAll(
      db,
      sql: "SELECT level, label, kind, clock, start FROM rollup ORDER BY start, level, label"
    )
    var keys: [RollupKey] = []
    for row in rows {
      try check { keys.append(try $0.rollupKey(row)) }
    }
    return keys
  }

  private func rollupKey(_ row: Row) throws -> RollupKey {
    let level = try row.decode(String.self, forColumn: "level")
    guard let level = RollupLevel(rawValue: level) else {
      throw StoreError(damaged: "a roll-up of an unknown level", path: snapshot.path)
    }
    let figures = try FigureKind(row, path: snapshot.path)
    return RollupKey(
      level: level,
      label: try row.decode(Int32.self, forColumn: "label"),
      kind: figures.kind,
      clock: figures.clock,
      start: try row.decode(Int64.self, forColumn: "start")
    )
  }

  /// Compares a roll-up with the sum of what it holds.
  private mutating func verifyRollup(_ key: RollupKey) throws {
    let stream = CaptureStream(
      key: key.label == 0 ? .all : .label(key.label),
      labelSets: key.label == 0 ? nil : labels.labelSets(with: key.label),
      kind: key.kind,
      clock: key.clock,
      range: key.range
    )
    guard let row = try RollupRow.fetch(key.level, stream, in: key.range, snapshot).first else {
      // Questions ask by the key as well: they would pass over it without a word.
      return found(
        "rollup",
        key.start,
        key.level.rawValue,
        "a roll-up that its key does not lead to"
      )
    }
    // What came late is in the captures, and not in the roll-up.
    let own = try sum([.rollup(row), .late(key.level, key.range)], stream)
    let pruned = try PrunedCaptures.bound(of: nil, db) ?? .min
    let pieces: [Cover.Piece]
    do {
      // From captures while they are there, so that levels do not vouch for each other.
      let level = key.start >= pruned ? nil : key.level.finer
      let cover = try Cover(unchecked: stream, upTo: level, snapshot)
      try PrunedCaptures.check(cover, snapshot)
      pieces = cover.pieces
    } catch is QueryError {
      // What it was made of is gone: that is no damage, and no proof either.
      report.unprovenRollups += 1
      return
    }
    let parts = try sum(pieces, stream)
    // Of minutes whose captures are gone there are no parts; sums of more than 63 bits are no proof.
    guard let own, let parts, key.start >= pruned || key.level != .minute else {
      report.unprovenRollups += 1
      return
    }
    if !own.header.agrees(with: parts.header) || own.profile != parts.profile {
      found("rollup", key.start, key.level.rawValue, "a sum that differs from that of its parts")
    }
  }

  private func sum(
    _ pieces: [Cover.Piece],
    _ stream: CaptureStream
  ) throws -> (profile: SummableProfile, header: PieceHeader)? {
    var reader = SummableReader(snapshot)
    var sums = ProfileSums(
      functionCount: snapshot.functionCount,
      edgeCount: snapshot.edgeCount
    )
    var header = PieceHeader()
    for piece in pieces {
      try reader.forEachProfile(piece, of: stream) { profile, part in
        sums.add(profile)
        header.add(part)
      }
    }
    return sums.hasExcess ? nil : (sums.ordered(), header)
  }
}
#endif
