// SPDX-License-Identifier: Apache-2.0

/// Why a store cannot be opened, read or written, and what can be done.
public struct StoreError: Error, Hashable, Sendable {
  /// What is wrong.
  public struct Code: Hashable, Sendable {
    /// The code as a word, as in messages for programs.
    public let rawValue: String

    private init(_ rawValue: String) {
      self.rawValue = rawValue
    }

    /// There is no file.
    public static let notFound = Code("notFound")
    /// The file is something else; it was not touched.
    public static let notAStore = Code("notAStore")
    /// The store was written by a newer Strata; it was not touched.
    public static let newerVersion = Code("newerVersion")
    /// The store was written by an older Strata and has to be upgraded first.
    public static let olderVersion = Code("olderVersion")
    /// The store was written before the first version that can be upgraded; it was not touched.
    public static let unsupportedVersion = Code("unsupportedVersion")
    /// The store is being made, or its making was interrupted.
    public static let unfinished = Code("unfinished")
    /// The file is no longer what was written.
    public static let damaged = Code("damaged")
    /// The file or its folder cannot be opened, read or written.
    public static let cannotOpen = Code("cannotOpen")
    /// The folder of a store cannot be made.
    public static let cannotCreate = Code("cannotCreate")
    /// A value, or the number of names, is more than the format holds.
    public static let tooLarge = Code("tooLarge")
    /// The disk failed.
    public static let diskFailed = Code("diskFailed")
    /// The disk has no room.
    public static let full = Code("full")
    /// The store can be read alone.
    public static let readOnly = Code("readOnly")
    /// The file system cannot keep a store that several processes use; nothing was written.
    public static let unsafeFileSystem = Code("unsafeFileSystem")
    /// Other processes kept the store locked for too long.
    public static let busy = Code("busy")
    /// A file that is to be made is there already; it was not touched.
    public static let exists = Code("exists")
  }

  /// Where in a store the damage is.
  public struct Location: Hashable, Sendable {
    /// The table.
    public var table: String
    /// The row's id, such as that of a profile.
    public var row: Int64
    /// The column.
    public var column: String
    /// The byte of the column's value, where it is a blob.
    public var offset: Int?

    /// Creates a place.
    public init(table: String, row: Int64, column: String, offset: Int? = nil) {
      self.table = table
      self.row = row
      self.column = column
      self.offset = offset
    }
  }

  /// What is wrong.
  public var code: Code
  /// The store's file.
  public var path: String
  /// Where in the store, if that is known.
  public var location: Location?
  /// What was expected.
  public var expected: String
  /// What was found.
  public var found: String
  /// What to do.
  public var advice: String

  /// Creates an error.
  public init(
    _ code: Code,
    path: String,
    location: Location? = nil,
    expected: String,
    found: String,
    advice: String
  ) {
    self.code = code
    self.path = path
    self.location = location
    self.expected = expected
    self.found = found
    self.advice = advice
  }
}

extension StoreError: CustomStringConvertible {
  /// File, place, what was expected and found, and what to do, in one line.
  public var description: String {
    let place = location.map { ", \($0)" } ?? ""
    return "\(path)\(place): expected \(expected), found \(found); \(advice)"
  }
}

extension StoreError.Location: CustomStringConvertible {
  /// Table, row, column and byte.
  public var description: String {
    let byte = offset.map { ", byte \($0)" } ?? ""
    return "table \(table), row \(row), column \(column)\(byte)"
  }
}

extension StoreError.Code: CustomStringConvertible {
  /// The code as a word.
  public var description: String { rawValue }
}

// MARK: - From SQLite
