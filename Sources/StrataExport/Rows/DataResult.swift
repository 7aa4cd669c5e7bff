// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A result as data: described once, and written by every ``DataWriter``.
///
/// The rows are what a database or a data frame takes. The document is what a program reads as a
/// whole: the same rows, or others where a matrix is shorter, with what is true of all of them.
///
/// ```swift
/// try DataFormat.csv.write(series) { file.append(contentsOf: $0) }
/// ```
public protocol DataResult: Sendable {
  /// The name of the document's form: `strata/slices/1`.
  var schema: String { get }
  /// The rows.
  var rows: any ResultRows { get }
  /// The fields of the document in their order, without `schema` and `warnings`.
  var document: [DocumentField] { get }
  /// Caveats to display with the result.
  var warnings: [Warning] { get }
}

/// A field of a document.
public enum DocumentField: Sendable {
  /// A value.
  case value(String, Cell)
  /// Fields that belong together.
  case object(String, [DocumentField])
  /// An array with an object for each row.
  case rows(String, any ResultRows)
}

extension DocumentField {
  /// A word of our own, or nothing.
  public static func word(_ name: String, _ word: String?) -> DocumentField {
    .value(name, word.map { .word($0) } ?? .null)
  }

  /// A number of things.
  public static func count(_ name: String, _ count: some BinaryInteger) -> DocumentField {
    .value(name, .integer(Int128(count)))
  }
}

// MARK: - Rows

/// Rows that all have the same columns, made one by one.
public protocol ResultRows: Sendable {
  /// What the cells of each row are.
  var columns: [Column] { get }

  /// Calls `body` with the cells of each row: as many as there are columns, in their order.
  ///
  /// - Throws: What `body` throws; it is not called after that.
  func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure)
}

/// What the cells of one column are.
public struct Column: Hashable, Sendable {
  /// The type of all cells that are not empty.
  public enum Kind: Hashable, Sendable {
    /// A text that a program wrote, such as a name or a label.
    case text
    /// A word of Strata's own, such as the name of a metric.
    case word
    /// A point in time.
    case time
    /// A whole number.
    case integer
    /// A number: whole, or the floating-point number nearest to an exact ratio.
    case number
    /// True or false.
    case flag
    /// Numbers, in the order of something else, such as slices.
    case numbers
    /// Words or texts.
    case texts
    /// Rows of their own, with these columns.
    case rows([Column])
  }

  /// Where a column is written.
  public struct Place: OptionSet, Hashable, Sendable {
    /// The places as bits.
    public let rawValue: UInt8

    /// Creates places.
    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// In rows of single values, such as CSV.
    public static let tables = Place(rawValue: 1)
    /// In objects, which can hold others, such as JSON.
    public static let objects = Place(rawValue: 2)
    /// In both.
    public static let all: Place = [.tables, .objects]
  }

  /// The name of the column in a table, which no other column of it has.
  public var name: String
  /// The name of the field in an object, after those of the objects that it is in.
  public var path: [String]
  /// What the cells are.
  public var kind: Kind
  /// The unit of numbers: `ns`, `s`, `calls`; nil where they are of nothing.
  public var unit: String?
  /// Where the column is written.
  public var place: Place

  /// Creates a column; without a path, a field has the name of the column.
  public init(
    _ name: String,
    _ path: [String]? = nil,
    _ kind: Kind,
    unit: String? = nil,
    in place: Place = .all
  ) {
    self.name = name
    self.path = path ?? [name]
    self.kind = kind
    self.unit = unit
    self.place = place
  }
}

/// A value in a row.
public enum Cell: Sendable {
  /// A text that a program wrote: it may hold anything.
  case text(ByteString)
  /// A word of Strata's own.
  case word(String)
  /// A point in time, in ISO 8601.
  case time(Timestamp)
  /// A whole number.
  case integer(Int128)
  /// A number that is what it is, NaN and infinities included.
  case double(Double)
  /// True or false.
  case flag(Bool)
  /// Exact ratios, some of which may be undefined.
  case values([MetricValue?])
  /// Texts.
  case texts([ByteString])
  /// Rows of their own; indirect, since they would make each cell twice as large.
  indirect case rows(any ResultRows)
  /// A word that stands for the value in a table; no field in an object.
  case standIn(String)
  /// Undefined, or unknown: empty in a table, `null` in an object.
  case null
  /// Not there: empty in a table, no field in an object.
  case absent
}

extension Cell {
  /// A whole number.
  public static func count(_ count: some BinaryInteger) -> Cell { .integer(Int128(count)) }

  /// An exact ratio: a whole number where it is one, else rounded once; nothing if undefined.
  public init(_ value: MetricValue?) {
    guard let value else { self = .null; return }
    self = value.exactInteger.map { .integer($0) } ?? .double(value.double)
  }

  /// An exact difference of two ratios, likewise.
  public init(_ change: MetricChange?) {
    guard let change else { self = .null; return }
    self = change.exactInteger.map { .integer($0) } ?? .double(change.double)
  }

  /// A text of a program, or nothing.
  public init(_ text: String?) {
    self = text.map { .text(ByteString($0)) } ?? .null
  }

  /// A time, or nothing.
  public init(_ time: Timestamp?) {
    self = time.map { .time($0) } ?? .null
  }
}

// MARK: - Functions

extension Column {
  /// The identity of a function.
  ///
  /// - Parameters:
  ///   - prefix: What the names begin with in a table: `caller` makes `callerFile`.
  ///   - object: The object that the fields are in; nil for none.
  /// - Returns: The columns of file, line and name.
  static func function(prefix: String? = nil, in object: String? = nil) -> [Column] {
    [("file", .text), ("line", .integer), ("name", .text)].map { (name: String, kind: Kind) in
      let inTable = prefix.map { $0 + name.capitalizedFirst } ?? name
      return Column(inTable, (object.map { [$0] } ?? []) + [name], kind)
    }
  }
}

extension Function {
  /// The cells of ``Column/function(prefix:in:)``.
  var cells: [Cell] { [.text(file), .count(line), .text(name)] }
}

extension String {
  /// The text with a capital letter at its beginning.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
