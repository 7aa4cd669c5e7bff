// SPDX-License-Identifier: Apache-2.0

#if Tools
import GRDB
import StrataStoreFormat
import StrataQuery

extension StoreError {
  /// The error in the words of a store, for one of SQLite.
  init(_ error: DatabaseError, path: String) {
    // A copy that fails leaves the message of a call that did not.
    let message = error.message.flatMap { $0 == "not an error" ? nil : $0 } ?? "\(error.resultCode)"
    switch error.resultCode {
    // Statements are constant and the schema was compared on opening: one that fails, or breaks a
    // constraint, has met rows that no Strata wrote.
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
        expected: "free space on the disk",
        found: message,
        advice:
          "free some space; what was reported as stored is safe, and nothing else was written"
      )
    case .SQLITE_IOERR:
      self.init(diskFailedAt: path, found: message)
    default:
      self.init(
        .cannotOpen,
        path: path,
        expected: "a readable and writable file in a writable folder",
        found: message,
        advice: "check the path, its permissions and the disk"
      )
    }
  }

  init(diskFailedAt path: String, found: String) {
    self.init(
      .diskFailed,
      path: path,
      expected: "a working disk with free space",
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
      advice: "exclude it; what was reported as stored is safe"
    )
  }

  init(busyAt path: String) {
    self.init(
      .busy,
      path: path,
      expected: "an unlocked store",
      found: "one that another process keeps locked",
      advice: "try again when that process has ended"
    )
  }

  init(readOnlyAt path: String) {
    self.init(
      .readOnly,
      path: path,
      expected: "a writable store",
      found: "a read-only one",
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
    "verify the store to see what is damaged; restore the file from a backup, or import the "
    + "profiles into a new store"

  /// Runs `body`; what GRDB throws comes out as an error of the store, anything else unchanged.
  static func translating<Result>(path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw StoreError(error, path: path)
    } catch let error as RowDecodingError {
      // A column of another type, which STRICT tables hold only after damage.
      throw StoreError(damaged: "\(error)", path: path)
    }
  }
}
#endif
