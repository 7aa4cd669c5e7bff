// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataQuery

extension DatabasePool {
  /// Runs `body` in a transaction that has the store's one lock for writing from its beginning on.
  ///
  /// What `body` reads is then what it changes; GRDB's own transactions of this kind return nothing.
  ///
  /// A store that another program has since upgraded to a newer version is left alone.
  func writeImmediately<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try writeWithoutTransaction { db in
      var result: Result?
      // A transaction that reads first fails when it wants to write after another one has: SQLite
      // does not wait then, for what was read is out of date.
      try db.inTransaction(.immediate) {
        try StoreError.checkVersion(db, path: path)
        result = try body(db)
        return .commit
      }
      guard let result else { throw DatabaseError(resultCode: .SQLITE_INTERNAL) }
      return result
    }
  }
}

#endif
