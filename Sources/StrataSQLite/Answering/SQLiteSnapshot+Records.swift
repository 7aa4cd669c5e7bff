// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import StrataQuery
import StrataStoreFormat

extension SQLiteSnapshot {
  func scan(
    _ selection: ProfileSelection,
    columns: ProfileColumns,
    body: (ProfileVectors) throws -> Void
  ) throws {
    try StoreError.translating(path: path) {
      var decoder = FigureDecoder(columns, self)
      // The memory of the figures is used again, unless the body keeps them.
      var spare = FigureVectors()
      var columns = ResultColumns(HeaderRow.Column.self)
      columns.append(decoder.blobs, of: .capture)
      try forEachRow(selection, columns) { row, header in
        var vectors = ProfileVectors(header: header.capture, figures: spare)
        spare = FigureVectors()
        try decoder.decode(row, StoredFigures(header), into: &vectors.figures)
        try body(vectors)
        spare = vectors.figures
      }
    }
  }

  /// Calls `body` with each selected row, in order of start and insertion.
  ///
  /// The columns begin with those of ``HeaderRow``.
  func forEachRow(
    _ selection: ProfileSelection,
    _ columns: ResultColumns,
    body: (StoredRow, HeaderRow) throws -> Void
  ) throws {
    // The scan reads one index: captures that were pruned, or that the index has lost, would be
    // missing without a sign. So all of them are counted first.
    try PrunedCaptures.check(selection, self)
    let labelSets = try names.labelSets(db, path: path)
    let query = try SelectionQuery(selection, labelSets: labelSets)
    guard !query.isEmpty else { return }
    let isFiltered = selection.filter.needsSingleCaptures
    // Not a cached statement: `body` may scan again.
    let statement = try db.makeStatement(sql: query.sql(columns))
    try statement.forEachStoredRow(query.arguments, blobs: columns.blobs) { row in
      let header = try HeaderRow(row, labelSets: labelSets, path: path)
      // What no column of the query's SQL decides.
      if isFiltered, try !selection.filter.matches(header.capture) { return }
      try body(row, header)
    }
  }
}

// MARK: - Whole captures

extension SQLiteSnapshot {
  func forEachRecord(
    _ selection: ProfileSelection,
    body: (Capture) throws -> Void
  ) throws {
    try StoreError.translating(path: path) {
      try forEachRow(selection, RecordRow.columns) {
        try body(try record(RecordRow(snapshot: self, row: $0, header: $1)))
      }
    }
  }

  /// The record of one capture; nil where there is none of this number.
  func record(ofCapture id: Int64) throws -> Capture? {
    let labelSets = try names.labelSets(db, path: path)
    return try withRow(ofCapture: id, labelSets: labelSets) { try record($0) }
  }

  private func withRow<Result>(
    ofCapture id: Int64,
    labelSets: [Int32: Labels]?,
    body: (RecordRow) throws -> Result
  ) throws -> Result? {
    let columns = RecordRow.columns
    let statement = try db.cachedStatement(
      sql: "SELECT \(columns.sql) FROM capture \(columns.join) WHERE capture.id = ?"
    )
    return try statement.withStoredRow([id], blobs: columns.blobs) { row in
      let header = try HeaderRow(row, labelSets: labelSets, path: path)
      return try body(RecordRow(snapshot: self, row: row, header: header))
    }
  }

  /// Fails where a checksum of the capture's own row, or of its blobs, does not match.
  ///
  /// Other tables are not looked at: what they have lost is not the capture's fault.
  func checkOwnChecksums(ofCapture id: Int64) throws {
    // Without label sets: a capture whose set is lost is whole itself, and must not be removed.
    _ = try withRow(ofCapture: id, labelSets: nil) { row in
      _ = try row.checkedColumns()
      try row.checkBlobs()
    }
  }

  private func record(_ row: RecordRow) throws -> Capture {
    let columns = try row.checkedColumns()
    guard let id = ProfileID(bytes: columns.profileID) else { throw row.damage("profileID") }
    guard let source = TimeSource(rawValue: columns.timeSource) else {
      throw row.damage("timeSource")
    }
    let header = row.header.capture
    let totalTime = Double(bitPattern: UInt64(bitPattern: columns.totalTime))
    return Capture(
      id: id,
      start: header.start,
      duration: header.duration,
      timeSource: source,
      kind: header.kind,
      clock: header.clock,
      weight: header.weight,
      covers: header.covers,
      labels: header.labels,
      profile: try row.profile(totalTime: totalTime)
    )
  }
}

/// One row with all that belongs to a profile.
private struct RecordRow {
  let snapshot: SQLiteSnapshot
  let row: StoredRow
  let header: HeaderRow

  /// What a row has in addition to the columns of ``HeaderRow``.
  private enum Column: String, ResultColumn {
    case profileID, timeSource, totalTime, digest, recordChecksum

    static let list = names(in: "capture")
    static var first: Int { HeaderRow.Column.end }
  }

  static let columns: ResultColumns = {
    var columns = ResultColumns(HeaderRow.Column.self)
    columns.append(Column.self)
    columns.append(StoredFigures.Blob.allCases, of: .capture)
    return columns
  }()

  private var place: StoredFigures { StoredFigures(header) }

  func damage(_ column: String, _ found: String = "an invalid value") -> StoreError {
    place.damage(column, found, path: snapshot.path)
  }

  /// The columns that only a record has, once their checksum is found to match.
  func checkedColumns() throws -> RecordColumns {
    let columns = RecordColumns(
      profileID: [UInt8](try row.decode(Data.self, Column.profileID)),
      timeSource: try row.decode(String.self, Column.timeSource),
      totalTime: try row.decode(Int64.self, Column.totalTime),
      digest: try row.decode(Int64.self, Column.digest)
    )
    let checksum = try row.decode(Int64.self, Column.recordChecksum)
    guard columns.checksum(row: header.id) == checksum else {
      throw damage("recordChecksum", "columns, one of which is not what was written")
    }
    return columns
  }

  func checkBlobs() throws {
    for blob in StoredFigures.Blob.allCases where row.has(blob) {
      try snapshot.withBlob(row, place, blob) { _ throws(BlobError) in }
    }
  }

  func profile(totalTime: Double) throws -> StatsProfile {
    let shape = try snapshot.shape(row, place)
    // In the order that the decoder needs: each blob holds differences to the one before it.
    var decoder = ProfileDecoder(shape, header.unit)
    try snapshot.withBlob(row, place, .selfTimes) { bytes throws(BlobError) in
      try decoder.readSelfTimes(bytes)
    }
    try snapshot.withBlob(row, place, .figures) { bytes throws(BlobError) in
      try decoder.readFigures(bytes)
    }
    if header.edgeCount != 0 {
      let callers = try callers(shape)
      try snapshot.withBlob(row, place, .edgeFigures) { bytes throws(BlobError) in
        try decoder.readEdges(bytes, callers: callers)
      }
    }
    return try decoder.profile(totalTime: totalTime) { try snapshot.function(FunctionID($0)) }
  }

  /// Where each edge comes from; where it leads to is the function that it is listed with.
  private func callers(_ shape: Shape) throws -> [Int32] {
    var callers: [Int32] = []
    callers.reserveCapacity(shape.edges.count)
    for (function, count) in zip(shape.functions, shape.edgeCounts) {
      for _ in 0..<count {
        let ends = try snapshot.edgeEnds(shape.edges[callers.count])
        // Shape and edge are each whole by their own checksums; only here it shows if they fit.
        guard ends.callee == function else { throw damage("edges", "an edge of another function") }
        callers.append(ends.caller)
      }
    }
    return callers
  }
}

extension SQLiteSnapshot {
  func edgeEnds(_ id: Int32) throws -> NameCache.EdgeEnds {
    guard let ends = try names.edge(id, db, path: path) else {
      throw StoreError(
        damaged: "no edge with this number",
        path: path,
        location: StoreError.Location(table: "edge", row: Int64(id), column: "id")
      )
    }
    return ends
  }
}

#endif
