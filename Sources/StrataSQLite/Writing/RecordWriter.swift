// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore

/// Writes records inside one transaction.
struct RecordWriter {
  let db: Database
  let path: String
  let register: FunctionRegister
  var cache: WriterCache
  var slices = SliceRegister()

  /// Whether a capture is stored already, or was and has been pruned.
  static func isKnown(_ id: ProfileID, _ db: Database) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: """
        SELECT 1 FROM profile WHERE profileID = ?1
        UNION ALL SELECT 1 FROM prunedProfile WHERE profileID = ?1
        """
    )
    return try Int.fetchOne(statement, arguments: [Data(id.bytes)]) != nil
  }

  /// Writes a record unless it is known; returns whether it was new.
  mutating func insert(_ prepared: PreparedRecord) throws -> Bool {
    guard try !Self.isKnown(prepared.id, db) else { return false }
    let labelSet = try labelSetID(prepared.labels)
    let numbers = try functionIDs(rows: prepared.functions, callers: prepared.callers)
    let ids = ShapeIDs(
      functions: numbers.rows,
      callers: numbers.callers,
      edgeCounts: prepared.encoded.edgeCounts
    )
    let digest = ids.digest
    let shape = try shapeID(ids, digest)
    try insertProfile(
      prepared,
      labelSet: labelSet,
      shape: shape,
      digest: digest,
      functions: shape == nil ? Data(Shape.blob(ofFunctions: ids.functions)) : nil
    )
    let profile = db.lastInsertedRowID
    if let figures = prepared.encoded.edges {
      let edges = shape == nil ? Data(try self.shape(ids).edgeBlob) : nil
      let insert = "INSERT INTO profileEdges (profile, edges, figures) VALUES (?, ?, ?)"
      try db.cachedStatement(sql: insert).execute(arguments: [profile, edges, Data(figures)])
    }
    try slices.add(profile, start: Timestamp(nanoseconds: prepared.columns.start), db)
    try learn(prepared.kind)
    return true
  }

  private mutating func learn(_ kind: FigureKind) throws {
    guard cache.kinds[kind] == nil else { return }
    let insert = "INSERT OR IGNORE INTO figureKind (kind, clock) VALUES (?, ?)"
    try db.cachedStatement(sql: insert)
      .execute(arguments: [kind.kind.rawValue, kind.clock.rawValue])
    cache.kinds.learn(kind, 1)
  }

  private func insertProfile(
    _ prepared: PreparedRecord,
    labelSet: Int32,
    shape: Int64?,
    digest: ShapeDigest,
    functions: Data?
  ) throws {
    var columns = prepared.columns
    columns.duration = try prepared.duration.map { try nanoseconds($0) }
    columns.labelSet = Int64(labelSet)
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO profile (profileID, start, duration, timeSource, kind, clock, weight, labelSet,
          totalTime, checksum, functionCount, edgeCount, unit, shape, digest, functions, selfTimes,
          figures)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    )
    try statement.execute(arguments: [
      Data(columns.profileID), columns.start, columns.duration, columns.timeSource, columns.kind,
      columns.clock, columns.weight, columns.labelSet, columns.totalTime, columns.checksum,
      columns.functionCount, columns.edgeCount, columns.unit, shape, digest.prefix, functions,
      Data(prepared.encoded.selfTimes), Data(prepared.encoded.figures),
    ])
  }

  /// Whole nanoseconds, rounded down: what all formats that come in hold.
  private func nanoseconds(_ duration: Duration) throws -> Int64 {
    guard let nanoseconds = duration.nanoseconds else {
      throw StoreError(tooLarge: "\(duration)", expected: "durations below 2^63 ns", path: path)
    }
    return nanoseconds
  }

  /// The number of a row that was just written.
  func newID(in table: String) throws -> Int32 {
    guard let id = Int32(exactly: db.lastInsertedRowID) else {
      throw StoreError(
        tooLarge: "more",
        expected: "at most \(Int32.max) rows in table \(table)",
        path: path
      )
    }
    return id
  }
}

#endif
