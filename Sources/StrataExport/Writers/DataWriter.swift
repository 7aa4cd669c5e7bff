// SPDX-License-Identifier: Apache-2.0

/// A form for programs that every result can be written in.
///
/// A new one is a type like this in a file of its own, and a line in ``DataFormat/all``: every
/// command and every request then knows it by its name.
public protocol DataWriter: SendableMetatype {
  /// The name that chooses it.
  static var name: String { get }
  /// Its media type in HTTP.
  static var mediaType: String { get }

  /// Writes a result piece by piece, in memory that does not grow with its rows.
  ///
  /// - Parameters:
  ///   - result: The result.
  ///   - options: How it is written.
  ///   - output: Takes the pieces in their order, in UTF-8.
  /// - Throws: What `output` throws; nothing is handed on after it.
  static func write<Failure>(
    _ result: any DataResult,
    _ options: DataOptions,
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure)
}

/// How data are written.
public struct DataOptions: Hashable, Sendable {
  /// What becomes of texts in CSV that a spreadsheet would evaluate.
  public var csvTexts: CSVTexts

  /// Creates options.
  public init(csvTexts: CSVTexts = .harmless) {
    self.csvTexts = csvTexts
  }
}

/// A form of data by its name.
public struct DataFormat: Sendable {
  private let writer: any DataWriter.Type

  /// One document with everything.
  public static let json = DataFormat(writer: JSONDocument.self)
  /// Rows of comma-separated values.
  public static let csv = DataFormat(writer: CSV.self)
  /// Rows as JSON objects, one per line.
  public static let ndjson = DataFormat(writer: NDJSON.self)

  /// Columns that line up, for people.
  public static let table = DataFormat(writer: TableText.self)

  /// All forms for programs, in the order in which help shows them.
  public static let all = [json, csv, ndjson]

  /// The form of a name; nil where there is none.
  public init?(name: String) {
    guard let format = Self.all.first(where: { $0.name == name }) else { return nil }
    self = format
  }

  private init(writer: any DataWriter.Type) {
    self.writer = writer
  }

  /// The name that chooses it.
  public var name: String { writer.name }

  /// Its media type in HTTP.
  public var mediaType: String { writer.mediaType }

  /// Writes a result piece by piece, in memory that does not grow with its rows.
  ///
  /// - Parameters:
  ///   - result: The result.
  ///   - options: How it is written.
  ///   - output: Takes the pieces in their order, in UTF-8.
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func write<Failure>(
    _ result: any DataResult,
    _ options: DataOptions = DataOptions(),
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try writer.write(result, options, to: output)
  }
}

extension DataFormat: Hashable {
  /// Whether two forms have one name.
  public static func == (left: DataFormat, right: DataFormat) -> Bool {
    left.name == right.name
  }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
  }
}
