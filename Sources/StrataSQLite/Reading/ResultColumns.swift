// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB

/// Columns of a table that a SELECT asks for, in their order.
///
/// They are declared once, beside the code that reads them. The SELECT is made from ``list``, and a row
/// is read by case, so that neither can get out of step with the other. A case is a number to the
/// compiler: looking columns up by name would cost more than reading them, for thousands of rows.
protocol ResultColumn: CaseIterable, RawRepresentable<Int>, Sendable {
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
    allCases.map { "\(table).\($0)" }
  }

  /// The columns as a part of a SELECT.
  static var sql: String { list.joined(separator: ", ") }

  /// Where the column is in the result.
  @inline(__always)
  var position: Int { Self.first + rawValue }
}

/// All that a SELECT asks for: columns that every row of the table has, then some of its blobs.
struct ResultColumns {
  private var list: [String]
  /// Where the blobs are.
  private(set) var blobs = BlobPositions()
  /// What has to be joined for them.
  private(set) var join = ""

  var sql: String { list.joined(separator: ", ") }

  init(_ columns: (some ResultColumn).Type) {
    list = columns.list
  }

  /// Appends columns that are declared to come here.
  mutating func append<Column: ResultColumn>(_ columns: Column.Type) {
    precondition(Column.first == list.count, "\(columns) begin at another column")
    list += columns.list
  }

  /// Appends blobs of a table's rows; those of edges are in a table of their own.
  mutating func append(_ blobs: [StoredFigures.Blob], of table: StoredFigures.Table) {
    for blob in blobs {
      self.blobs[blob] = list.count
      list.append(blob.column(of: table))
    }
    guard blobs.contains(where: \.isOfEdges) else { return }
    join = "LEFT JOIN \(table)Edges ON \(table)Edges.\(table) = \(table).id"
  }
}

/// Where in a result each blob is that was asked for.
struct BlobPositions {
  private var positions = InlineArray<5, Int>(repeating: -1)

  /// The position of a blob, which must have been asked for.
  subscript(blob: StoredFigures.Blob) -> Int {
    get {
      precondition(positions[blob.rawValue] >= 0, "\(blob) was not asked for")
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
