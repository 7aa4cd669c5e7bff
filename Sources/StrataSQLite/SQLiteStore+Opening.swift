// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
public import StrataQuery

extension SQLiteStore {
  /// Opens a store; a file that is none, or that a newer Strata wrote, is left untouched.
  ///
  /// A store that an older Strata wrote is upgraded when it is opened for writing, some rows at a
  /// time; an upgrade that was killed continues the next time. To be opened read-only, a store must
  /// be of version 3 or newer.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - mode: What may be done with it.
  ///   - busyTimeout: How long to wait for other processes that write.
  ///   - upgrading: Called while an older store is upgraded, with how many rows are done and how
  ///     many there are; returns whether to continue.
  /// - Returns: The store, ready for use.
  /// - Throws: `StoreError` that says what was found instead of a store.
  public static func open(
    path: String,
    mode: Mode = .readWrite(create: true),
    busyTimeout: Duration = .seconds(30),
    upgrading: (_ done: Int, _ total: Int) -> Bool = { _, _ in true }
  ) throws(StoreError) -> SQLiteStore {
    let opening = StoreOpener(path: path, busyTimeout: busyTimeout)
    let isNew = try opening.checkHeader(mode: mode)
    do {
      return try StoreError.translating(path: path) {
        let pool: DatabasePool
        switch mode {
        case .readOnly: pool = try opening.openReadOnly(older: false)
        case .backup: pool = try opening.openReadOnly(older: true)
        case .readWrite: pool = try opening.openReadWrite(isNew: isNew, upgrading: upgrading)
        }
        return SQLiteStore(path: path, mode: mode, pool: pool)
      }
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(damaged: "\(error)", path: path)
    }
  }
}

#endif
