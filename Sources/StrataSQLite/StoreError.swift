// SPDX-License-Identifier: Apache-2.0

#if Tools
import GRDB
import StrataStoreFormat

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
    /// The store was written by an older Strata and cannot be read without being changed.
    public static let olderVersion = Code("olderVersion")
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

    init(table: String, row: Int64, column: String, offset: Int? = nil) {
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

  init(
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

extension StoreError {
  /// The error in the words of a store, for one of SQLite.
  init(_ error: DatabaseError, path: String) {
    // A copy that fails leaves the message of a call that did not.
    let message = error.message.flatMap { $0 == "not an error" ? nil : $0 } ?? "\(error.resultCode)"
    switch error.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_MISMATCH, .SQLITE_CONSTRAINT,
      .SQLITE_ERROR, .SQLITE_SCHEMA:
      self.init(damaged: message, path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
      self.init(busyAt: path)
    case .SQLITE_READONLY:
      self.init(readOnlyAt: path)
    case .SQLITE_TOOBIG:
      self.init(tooLarge: message, expected: "profiles of less than 1 GB", path: path)
    case .SQLITE_FULL:
      self.init(
        .full,
        path: path,
        expected: "room for more",
        found: message,
        advice:
          "make room on the disk; what was reported as stored is safe, and nothing else is there"
      )
    case .SQLITE_IOERR:
      self.init(diskFailedAt: path, found: message)
    default:
      self.init(
        .cannotOpen,
        path: path,
        expected: "a file that can be read and written, in a folder that can",
        found: message,
        advice: "check the path, its permissions and the disk"
      )
    }
  }

  init(diskFailedAt path: String, found: String) {
    self.init(
      .diskFailed,
      path: path,
      expected: "a disk that works, with room",
      found: found,
      advice: "check the disk, and try again; what was reported as stored is safe"
    )
  }

  init(damaged found: String, path: String, location: Location? = nil) {
    self.init(
      .damaged,
      path: path,
      location: location,
      expected: "an undamaged store",
      found: found,
      advice: Self.adviceOnDamage
    )
  }

  init(tooLarge found: String, expected: String, path: String) {
    self.init(
      .tooLarge,
      path: path,
      expected: expected,
      found: found,
      advice: "leave it out; what was reported as stored is safe"
    )
  }

  init(busyAt path: String) {
    self.init(
      .busy,
      path: path,
      expected: "the store to become free",
      found: "another process that keeps it locked",
      advice: "try again when that has ended"
    )
  }

  init(readOnlyAt path: String) {
    self.init(
      .readOnly,
      path: path,
      expected: "a store that can be written",
      found: "one that can be read alone",
      advice: "open it for writing, or check the permissions of file and folder"
    )
  }

  /// The error for a blob that its decoder refused.
  init(_ error: BlobError, path: String, _ place: BlobPlace) {
    let (table, column) = place.column.names
    self.init(
      .damaged,
      path: path,
      location: Location(table: table, row: place.row, column: column, offset: error.offset),
      expected: error.expected,
      found: error.found,
      advice: Self.adviceOnDamage
    )
  }

  private static let adviceOnDamage =
    "'strata store verify' tells what is damaged; restore the file from a copy, or import the "
    + "profiles into a new store"

  /// Runs `body`; what GRDB throws comes out as an error of the store, anything else as it is.
  static func translating<Result>(path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw StoreError(error, path: path)
    } catch let error as RowDecodingError {
      throw StoreError(damaged: "\(error)", path: path)
    }
  }
}
#endif
