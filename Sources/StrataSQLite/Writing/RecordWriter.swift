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
  var cache: WriterCache

  /// Whether a capture is stored already.
  ///
  /// Ids of pruned captures will be asked for here as well.
  static func isKnown(_ id: ProfileID, _ db: Database) throws -> Bool {
    let statement = try db.cachedStatement(sql: "SELECT 1 FROM profile WHERE profileID = ?")
    return try Int.fetchOne(statement, arguments: [Data(id.bytes)]) != nil
  }

  /// Writes a record unless it is known; returns whether it was new.
  mutating func insert(_ prepared: PreparedRecord) throws -> Bool {
    let record = prepared.record
    guard try !Self.isKnown(record.id, db) else { return false }
    let labelSet = try labelSetID(record.labels)
    let numbers = try functionIDs(record.profile.functionTable, rows: prepared.functions)
    let functions = prepared.functions.map { numbers[Int($0)] }
    let edges = try prepared.callers.indices.map { index in
      try edgeID(
        caller: numbers[Int(prepared.callers[index])],
        callee: numbers[Int(prepared.callees[index])]
      )
    }
    let functionBlob = ColumnarBlob.assemble(
      unit: prepared.functionColumns.unit,
      ids: functions,
      columns: prepared.functionColumns.columns
    )
    try insertProfile(record, labelSet: labelSet, edgeCount: edges.count, functionBlob)
    guard !edges.isEmpty else { return true }
    let edgeBlob = ColumnarBlob.assemble(
      unit: prepared.edgeColumns.unit,
      ids: edges,
      columns: prepared.edgeColumns.columns
    )
    try db.cachedStatement(sql: "INSERT INTO profileEdges (profile, edges) VALUES (?, ?)")
      .execute(arguments: [db.lastInsertedRowID, Data(edgeBlob)])
    return true
  }

  private func insertProfile(
    _ record: ProfileRecord,
    labelSet: Int32,
    edgeCount: Int,
    _ functions: [UInt8]
  ) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO profile (profileID, start, duration, timeSource, kind, clock, weight, labelSet,
          functionCount, edgeCount, totalTime, functions)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    )
    try statement.execute(arguments: [
      Data(record.id.bytes),
      record.start.nanoseconds,
      try record.duration.map { try nanoseconds($0) },
      record.timeSource.rawValue,
      record.kind.rawValue,
      record.clock.rawValue,
      record.weight.millionths,
      labelSet,
      record.profile.rows.count,
      edgeCount,
      Int64(bitPattern: record.profile.totalTime.bitPattern),
      Data(functions),
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
