// SPDX-License-Identifier: Apache-2.0

#if Tools
import GRDB
import GRDBSQLite
import StrataStoreFormat

/// The row that a statement has come to, of a table whose rows have checksums.
///
/// Numbers and blobs come from SQLite directly. GRDB looks at the type of each number and wraps
/// each blob, which for thousands of captures costs as much as decoding a part of them; here a value of
/// another type comes as some number or some bytes, and the checksum does not match them.
struct StoredRow {
  private let row: Row
  private let statement: Statement
  private let blobs: BlobPositions

  fileprivate init(_ row: Row, of statement: Statement, _ blobs: BlobPositions) {
    (self.row, self.statement, self.blobs) = (row, statement, blobs)
  }

  /// The value of a column that is read for few rows, of its own type.
  func decode<Value: DatabaseValueConvertible & StatementColumnConvertible>(
    _ type: Value.Type,
    _ column: some ResultColumn
  ) throws -> Value {
    try row.decode(type, column)
  }

  /// The number in a column; 0 for NULL.
  func number(_ column: some ResultColumn) -> Int64 {
    // SAFETY: the statement lives as long as this value, and SQLite has a number for any column.
    unsafe sqlite3_column_int64(statement.sqliteStatement, Int32(column.position))
  }

  /// The number in a column; nil for NULL.
  func optionalNumber(_ column: some ResultColumn) -> Int64? {
    isNull(at: column.position) ? nil : number(column)
  }

  /// Whether a row has a blob.
  func has(_ blob: StoredFigures.Blob) -> Bool { !isNull(at: blobs[blob]) }

  private func isNull(at position: Int) -> Bool {
    // SAFETY: as above.
    unsafe sqlite3_column_type(statement.sqliteStatement, Int32(position)) == SQLITE_NULL
  }

  /// Calls `body` with the bytes of a blob where SQLite keeps them; there are none for NULL.
  func withBytes<Result>(
    of blob: StoredFigures.Blob,
    _ body: (Span<UInt8>) throws(BlobError) -> Result
  ) throws(BlobError) -> Result {
    try withBytes(at: blobs[blob], body)
  }

  /// Calls `body` with the bytes of a blob that is a column of its own table.
  func withBytes<Result>(
    of column: some ResultColumn,
    _ body: (Span<UInt8>) throws(BlobError) -> Result
  ) throws(BlobError) -> Result {
    try withBytes(at: column.position, body)
  }

  private func withBytes<Result>(
    at column: Int,
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
    blobs: BlobPositions = BlobPositions(),
    body: (StoredRow) throws -> Void
  ) throws {
    let rows = try Row.fetchCursor(self, arguments: arguments)
    while let row = try rows.next() { try body(StoredRow(row, of: self, blobs)) }
  }

  /// Calls `body` with the first row; nil where there is none.
  func withStoredRow<Result>(
    _ arguments: StatementArguments,
    blobs: BlobPositions = BlobPositions(),
    body: (StoredRow) throws -> Result
  ) throws -> Result? {
    let rows = try Row.fetchCursor(self, arguments: arguments)
    return try rows.next().map { try body(StoredRow($0, of: self, blobs)) }
  }
}

// MARK: - Columns

/// Columns of a table that a SELECT asks for, in their order.
///
/// They are declared once, beside the code that reads them. The SELECT is made from ``list``, and a row
/// is read by case, so that neither can get out of step with the other. A case is a number to the
/// compiler: looking columns up by name would cost more than reading them, for thousands of rows.
protocol ResultColumn: CaseIterable, RawRepresentable<String>, Sendable {
  /// The columns as SQL, one for each case.
  static var list: [String] { get }
  /// How many columns the SELECT has before these.
  static var first: Int { get }
}

extension ResultColumn {
  static var first: Int { 0 }
  static var end: Int { first + allCases.count }

  /// The cases by their own names, which are those of columns of a table.
  static func names(in table: String) -> [String] {
    allCases.map { table + "." + $0.rawValue }
  }

  /// The columns as a part of a SELECT.
  static var sql: String {
    checkPositions()
    return list.joined(separator: ", ")
  }

  /// Where the column is in the result.
  @inline(__always)
  var position: Int {
    // SAFETY: an enum of up to 256 cases without values is one byte, which numbers them in the order of
    // their declaration; any byte is a UInt8. Each SELECT checks it (`checkPositions`).
    Self.first + Int(unsafe unsafeBitCast(self, to: UInt8.self))
  }

  fileprivate static func checkPositions() {
    for (index, column) in allCases.enumerated() {
      precondition(column.position == first + index, "\(column.rawValue) is at another position")
    }
  }
}

/// All that a SELECT asks for: columns that every row of the table has, then some of its blobs.
struct ResultColumns {
  private var list: [String]
  /// Where the blobs are.
  private(set) var blobs = BlobPositions()
  /// What has to be joined for them.
  private(set) var join = ""

  var sql: String { list.joined(separator: ", ") }

  init<Column: ResultColumn>(_ columns: Column.Type) {
    list = []
    append(columns)
  }

  /// Appends columns that are declared to come here.
  mutating func append<Column: ResultColumn>(_ columns: Column.Type) {
    precondition(Column.first == list.count, "columns begin at another one")
    Column.checkPositions()
    list += columns.list
  }

  /// Appends blobs of a table's rows; those of edges are in a table of their own.
  mutating func append(_ blobs: [StoredFigures.Blob], of table: StoredFigures.Table) {
    for blob in blobs {
      self.blobs[blob] = list.count
      list.append(blob.column(of: table))
    }
    guard blobs.contains(where: \.isOfEdges) else { return }
    let name = table.rawValue
    join = "LEFT JOIN \(name)Edges ON \(name)Edges.\(name) = \(name).id"
  }
}

/// Where in a result each blob is that was asked for.
struct BlobPositions {
  private var positions = InlineArray<5, Int>(repeating: -1)

  /// The position of a blob, which must have been asked for.
  subscript(blob: StoredFigures.Blob) -> Int {
    get {
      precondition(positions[blob.rawValue] >= 0, "a blob that was not asked for")
      return positions[blob.rawValue]
    }
    set { positions[blob.rawValue] = newValue }
  }
}

extension Row {
  /// The value of a column.
  func decode<Value: DatabaseValueConvertible & StatementColumnConvertible>(
    _ type: Value.Type,
    _ column: some ResultColumn
  ) throws -> Value {
    try decode(type, atIndex: column.position)
  }
}
#endif
