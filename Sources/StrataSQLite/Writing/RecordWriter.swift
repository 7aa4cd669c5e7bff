// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import StrataStoreFormat
import StrataQuery

/// Writes records inside one transaction.
struct RecordWriter {
  let db: Database
  let path: String
  let register: FunctionRegister
  var cache: WriterCache
  var slices = SliceRegister()
  var counter = CaptureCounter()

  /// Whether a capture is stored already, or was and has been pruned.
  static func isKnown(_ id: ProfileID, _ db: Database) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: """
        SELECT 1 FROM capture WHERE profileID = ?1
        UNION ALL SELECT 1 FROM prunedCapture WHERE profileID = ?1
        """
    )
    return try Int.fetchOne(statement, arguments: [Data(id.bytes)]) != nil
  }

  /// Writes a record unless it is known; returns whether it was new.
  mutating func insert(_ prepared: PreparedRecord) throws -> Bool {
    // Looked up under the lock for writing: of two processes that bring one capture, the second one
    // finds it here.
    guard try !Self.isKnown(prepared.id, db) else { return false }
    let labels = try labelSetID(prepared.labels)
    let numbers = try functionIDs(rows: prepared.functions, callers: prepared.callers)
    let ids = ShapeIDs(
      functions: numbers.rows,
      callers: numbers.callers,
      edgeCounts: prepared.encoded.edgeCounts
    )
    let digest = ids.digest
    var columns = prepared.columns
    // Blobs are bound to their row, so its number is needed before it is written.
    columns.id = try db.nextID(of: "capture")
    columns.duration = try prepared.duration.map { try nanoseconds($0) }
    columns.labelSet = Int64(labels.set)
    columns.shape = try shapeID(ids, digest)
    try insert(columns, digest: digest, functions: ids.functions, prepared)
    try insertEdges(of: columns, ids, prepared.encoded)
    // In the transaction of the capture: at no moment are there captures that roll-ups lack without
    // a note, or that the counts do not expect.
    try slices.add(columns.id, start: Timestamp(nanoseconds: columns.start), db)
    counter.add(columns.figures, labels: labels.labels, start: columns.start)
    try learn(columns.figures)
    return true
  }

  /// Ends the transaction's work: writes how many captures there are now.
  func finish() throws {
    // Once for all of them: the captures of a batch mostly share their hour and their labels.
    try counter.write(db)
  }

  private mutating func learn(_ kind: FigureKind) throws {
    guard cache.kinds[kind] == nil else { return }
    let insert = "INSERT OR IGNORE INTO figureKind (kind, clock) VALUES (?, ?)"
    try db.cachedStatement(sql: insert)
      .execute(arguments: [kind.kind.rawValue, kind.clock.rawValue])
    // Another process may have written the row: it must be tallied once.
    if db.changesCount > 0 { try Tally.add(kind.tallyChecksum, to: .figureKinds, db) }
    cache.kinds.learn(kind, 1)
  }

  private func insert(
    _ columns: HeaderColumns,
    digest: ShapeDigest,
    functions: [Int32],
    _ prepared: PreparedRecord
  ) throws {
    var record = prepared.record
    record.digest = digest.prefix
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO capture (id, profileID, start, duration, kind, clock, weight, covers, labelSet,
          functionCount, edgeCount, unit, shape, checksum, timeSource, totalTime, digest,
          recordChecksum, functions, selfTimes, figures)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    )
    // The functions are in the shape or here, never in both: the table's CHECK sees to it.
    let own = columns.shape == nil ? Shape.blob(ofFunctions: functions) : nil
    try statement.execute(arguments: [
      columns.id, Data(record.profileID), columns.start, columns.duration,
      columns.figures.kind.rawValue, columns.figures.clock.rawValue, columns.weight,
      columns.covers.code, columns.labelSet, columns.functionCount, columns.edgeCount,
      columns.unit, columns.shape, columns.checksum, record.timeSource, record.totalTime,
      record.digest, record.checksum(row: columns.id),
      own.map { bound($0, .captureFunctions, columns.id) },
      bound(prepared.encoded.selfTimes, .captureSelfTimes, columns.id),
      bound(prepared.encoded.figures, .captureFigures, columns.id),
    ])
  }

  private mutating func insertEdges(
    of columns: HeaderColumns,
    _ ids: ShapeIDs,
    _ encoded: EncodedProfile
  ) throws {
    guard let figures = encoded.edges else { return }
    // Here, and for a new shape, edges get their numbers: a known shape looks none up.
    let edges = columns.shape == nil ? try shape(ids).edgeBlob : nil
    let insert = "INSERT INTO captureEdges (capture, edges, figures) VALUES (?, ?, ?)"
    try db.cachedStatement(sql: insert).execute(arguments: [
      columns.id, edges.map { bound($0, .captureEdges, columns.id) },
      bound(figures, .captureEdgeFigures, columns.id),
    ])
  }

  func bound(_ blob: [UInt8], _ column: BlobPlace.Column, _ row: Int64) -> Data {
    Data(SealedBlob.bind(blob, to: BlobPlace(column: column, row: row)))
  }

  /// Whole nanoseconds, rounded down: what all formats that come in hold.
  private func nanoseconds(_ duration: Duration) throws -> Int64 {
    guard let nanoseconds = duration.nanoseconds else {
      throw StoreError(tooLarge: "\(duration)", expected: "durations below 2^63 ns", path: path)
    }
    return nanoseconds
  }
}

#endif
