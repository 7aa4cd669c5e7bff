// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import StrataQuery

extension SQLiteSnapshot {
  private static let recordColumns = [
    "profile.profileID", "profile.timeSource", "profile.totalTime", "profile.functions",
    "profileEdges.edges",
  ]
  private static let joinOfEdges = "LEFT JOIN profileEdges ON profileEdges.profile = profile.id"

  func forEachRecord(
    _ selection: ProfileSelection,
    body: (ProfileRecord) throws -> Void
  ) throws {
    try StoreError.translating(path: path) {
      try forEachRow(selection, columns: Self.recordColumns, joining: Self.joinOfEdges) {
        try body(try record($0, $1))
      }
    }
  }

  private func record(_ row: Row, _ header: HeaderRow) throws -> ProfileRecord {
    let first = HeaderRow.columnCount
    let bytes = [UInt8](try row.decode(Data.self, atIndex: first))
    guard let id = ProfileID(bytes: bytes) else { throw damage(header, "profileID") }
    let source = TimeSource(rawValue: try row.decode(String.self, atIndex: first + 1))
    guard let source else { throw damage(header, "timeSource") }
    let totalTime = UInt64(bitPattern: try row.decode(Int64.self, atIndex: first + 2))
    return ProfileRecord(
      id: id,
      start: header.capture.start,
      duration: header.capture.duration,
      timeSource: source,
      kind: header.capture.kind,
      clock: header.capture.clock,
      weight: header.capture.weight,
      labels: header.capture.labels,
      profile: try profile(row, header, totalTime: Double(bitPattern: totalTime))
    )
  }

  private func damage(_ header: HeaderRow, _ column: String) -> StoreError {
    StoreError(
      damaged: "a value that has no meaning",
      path: path,
      location: StoreError.Location(table: "profile", row: header.id, column: column)
    )
  }

  private func profile(_ row: Row, _ header: HeaderRow, totalTime: Double) throws -> StatsProfile {
    let first = HeaderRow.columnCount
    let functions = try withBlob(row, first + 3, header, "functions") {
      bytes throws(BlobError) in
      try FunctionRows(bytes, rows: header.functionCount, known: functionCount)
    }
    var builder = ProfileBuilder(functions)
    if header.edgeCount != 0 {
      let edges = try withBlob(row, first + 4, header, "edges") { bytes throws(BlobError) in
        try EdgeRows(bytes, rows: header.edgeCount, known: edgeCount)
      }
      let ends = try edges.ids.map { try edgeEnds($0) }
      let counts = try withBlob(row, first + 4, header, "edges") { bytes throws(BlobError) in
        try edges.blob.decodeEdgeCounts(
          bytes,
          functions: functions.ids,
          callees: ends.map(\.callee)
        )
      }
      builder.add(edges, callers: ends.map(\.caller), counts: counts)
    }
    return try builder.profile(totalTime: totalTime) { try function(FunctionID($0)) }
  }

  private func edgeEnds(_ id: Int32) throws -> NameCache.EdgeEnds {
    guard let ends = try names.edge(id, db) else {
      throw StoreError(
        damaged: "no edge of this number",
        path: path,
        location: StoreError.Location(table: "edge", row: Int64(id), column: "id")
      )
    }
    return ends
  }
}

#endif
