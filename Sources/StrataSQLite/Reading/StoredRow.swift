// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import GRDBSQLite
import StrataStoreFormat

/// The row that a statement has come to, of a table whose rows have checksums.
///
/// Numbers and blobs are taken from SQLite as they are. GRDB looks at the type of each number and wraps
/// each blob, which for thousands of captures costs as much as decoding a part of them; here a value of
/// another type comes as some number or some bytes, and the checksum does not match them.
struct StoredRow {
  /// The same row, for columns that are read for few rows.
  let row: Row
  private let statement: Statement

  fileprivate init(_ row: Row, of statement: Statement) {
    (self.row, self.statement) = (row, statement)
  }

  /// The number in a column; 0 for NULL.
  func number(_ column: Int) -> Int64 {
    // SAFETY: the statement lives as long as this value, and SQLite has a number for any column.
    unsafe sqlite3_column_int64(statement.sqliteStatement, Int32(column))
  }

  func isNull(_ column: Int) -> Bool {
    // SAFETY: as above.
    unsafe sqlite3_column_type(statement.sqliteStatement, Int32(column)) == SQLITE_NULL
  }

  /// Calls `body` with the bytes of a blob where SQLite keeps them; there are none for NULL.
  func withBytes<Result>(
    _ column: Int,
    _ body: (Span<UInt8>) throws(BlobError) -> Result
  ) throws(BlobError) -> Result {
    // SAFETY: SQLite keeps the bytes, as many as it says afterwards, until the statement steps on or
    // the column is asked for as another type; `body` is done before, and the span cannot escape it.
    let start = unsafe sqlite3_column_blob(statement.sqliteStatement, Int32(column))
    let count = unsafe Int(sqlite3_column_bytes(statement.sqliteStatement, Int32(column)))
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
    return try body(unsafe Span(_unsafeBytes: bytes))
  }
}

extension Statement {
  /// Calls `body` with each row; it must not use the statement itself.
  func forEachStoredRow(
    _ arguments: StatementArguments,
    body: (StoredRow) throws -> Void
  ) throws {
    let rows = try Row.fetchCursor(self, arguments: arguments)
    while let row = try rows.next() { try body(StoredRow(row, of: self)) }
  }

  /// Calls `body` with the first row; nil where there is none.
  func withStoredRow<Result>(
    _ arguments: StatementArguments,
    body: (StoredRow) throws -> Result
  ) throws -> Result? {
    let rows = try Row.fetchCursor(self, arguments: arguments)
    return try rows.next().map { try body(StoredRow($0, of: self)) }
  }
}

#endif
