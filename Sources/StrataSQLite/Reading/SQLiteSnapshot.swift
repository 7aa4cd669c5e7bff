// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for the span of Data, GRDB's blob.
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import GRDB
import StrataCore
import StrataQuery

/// The store as one read transaction sees it.
struct SQLiteSnapshot {
  let db: Database
  let path: String
  let names: NameCache
  let shapes: ShapeCache
  let checkedCovers = CheckedCovers()
  /// The highest numbers there are, so that no blob can name others.
  let functionCount: Int32
  let edgeCount: Int32

  init(db: Database, path: String, names: NameCache, shapes: ShapeCache) throws {
    self.db = db
    self.path = path
    self.names = names
    self.shapes = shapes
    // Reading this first is also what begins the transaction.
    try StoreError.checkVersion(db, path: path)
    functionCount = try Int32.fetchOne(db, sql: "SELECT max(id) FROM function") ?? 0
    edgeCount = try Int32.fetchOne(db, sql: "SELECT max(id) FROM edge") ?? 0
    try checkCounts()
  }

  /// Fails where numbers are higher than the file has room for rows: sums take memory by them.
  private func checkCounts() throws {
    let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
    let pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
    // A row and its places in two indexes take more than eight bytes.
    let most = pages * pageSize / 8
    for (table, count) in [("function", functionCount), ("edge", edgeCount)] where count > most {
      throw StoreError(
        damaged: "a number of \(count) in a file that has room for \(most)",
        path: path,
        location: StoreError.Location(table: table, row: Int64(count), column: "id")
      )
    }
  }

  func scan(
    _ selection: ProfileSelection,
    columns: ProfileColumns,
    body: (ProfileVectors) throws -> Void
  ) throws {
    try StoreError.translating(path: path) {
      var decoder = FigureDecoder(columns, self)
      // The memory of the figures is used again, unless the body keeps them.
      var spare = FigureVectors()
      try forEachRow(selection, columns: decoder.blobs.map { "capture." + $0 }) { row, header in
        var vectors = ProfileVectors(header: header.capture, figures: spare)
        spare = FigureVectors()
        try decoder.decode(
          row,
          HeaderRow.columnCount,
          StoredFigures(header),
          into: &vectors.figures
        )
        try body(vectors)
        spare = vectors.figures
      }
    }
  }

  func function(_ id: FunctionID) throws -> Function {
    try StoreError.translating(path: path) {
      guard let number = Int32(exactly: id.index),
        let function = try names.function(number, db, path: path)
      else {
        throw StoreError(
          .damaged,
          path: path,
          location: StoreError.Location(table: "function", row: Int64(id.index), column: "id"),
          expected: "a function from 1 to \(functionCount)",
          found: "none of this number",
          advice: "ask for functions of the same store and snapshot"
        )
      }
      return function
    }
  }

  /// The functions whose names have an address, and those that stand for them.
  func functionAliases() throws -> [FunctionID: FunctionID]? {
    try StoreError.translating(path: path) {
      let rows = try Row.fetchCursor(
        db,
        sql: "SELECT id, canonical FROM function WHERE canonical <> id"
      )
      var aliases: [FunctionID: FunctionID] = [:]
      var tally = Tally()
      while let row = try rows.next() {
        let function = try row.decode(Int32.self, atIndex: 0)
        let canonical = try row.decode(Int32.self, atIndex: 1)
        guard function >= 1, canonical >= 1, canonical <= functionCount else {
          throw StoreError(
            damaged: "function \(canonical) in the place of another one",
            path: path,
            location: StoreError.Location(
              table: "function",
              row: Int64(function),
              column: "canonical"
            )
          )
        }
        aliases[FunctionID(function)] = FunctionID(canonical)
        tally.add(NameChecksum.alias(function, of: canonical))
      }
      try tally.check(.aliases, db, path: path)
      return aliases
    }
  }
}

// MARK: - Rows

extension SQLiteSnapshot {
  /// Calls `body` with each selected row, in order of start and insertion.
  func forEachRow(
    _ selection: ProfileSelection,
    columns: [String],
    joining join: String = "",
    body: (StoredRow, HeaderRow) throws -> Void
  ) throws {
    try PrunedCaptures.check(selection, self)
    let labelSets = try names.labelSets(db, path: path)
    let query = try SelectionQuery(selection, labelSets: labelSets)
    guard !query.isEmpty else { return }
    let isFiltered = selection.filter.needsSingleCaptures
    // Not a cached statement: `body` may scan again.
    let statement = try db.makeStatement(sql: query.sql(columns: columns, joining: join))
    try statement.forEachStoredRow(query.arguments) { row in
      let header = try HeaderRow(row, labelSets: labelSets, path: path)
      // What no column of the query's SQL decides.
      if isFiltered, try !selection.filter.matches(header.capture) { return }
      try body(row, header)
    }
  }

  /// Calls `body` with the bytes of a blob where SQLite keeps them, once their checksum matches.
  func withBlob<Result>(
    _ row: StoredRow,
    _ index: Int,
    _ place: StoredFigures,
    _ blob: StoredFigures.Blob,
    _ body: (Span<UInt8>) throws(BlobError) -> Result
  ) throws -> Result {
    try withBlob(row, index, place.place(of: blob), body)
  }

  func withBlob<Result>(
    _ row: StoredRow,
    _ index: Int,
    _ place: BlobPlace,
    _ body: (Span<UInt8>) throws(BlobError) -> Result
  ) throws -> Result {
    do throws(BlobError) {
      return try row.withBytes(index) { bytes throws(BlobError) in
        try SealedBlob.check(bytes, at: place)
        return try body(bytes)
      }
    } catch {
      throw StoreError(error, path: path, place)
    }
  }

  /// Fails unless a shape has as many functions as the row says.
  func check(_ count: Int, _ place: StoredFigures, _ shape: Int64) throws {
    guard count == place.functionCount else {
      let found = "\(place.functionCount) functions where shape \(shape) has \(count)"
      throw place.damage("functionCount", found, path: path)
    }
  }
}

#endif
