// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
public import StrataCore

/// How much a store holds.
public struct StoreStatistics: Hashable, Sendable {
  /// The number of captures.
  public var profileCount: Int
  /// The number of different functions, those of callers and canonical ones included.
  public var functionCount: Int
  /// The size of the file, without what was written last (`-wal`).
  public var byteCount: Int
  /// The start of the first capture; nil in an empty store.
  public var firstStart: Timestamp?
  /// The start of the last capture; nil in an empty store.
  public var lastStart: Timestamp?

  init(_ db: Database) throws {
    profileCount = try Int.fetchOne(db, sql: "SELECT count(*) FROM profile") ?? 0
    functionCount = try Int.fetchOne(db, sql: "SELECT count(*) FROM function") ?? 0
    let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
    let pageSize = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
    byteCount = pages * pageSize
    firstStart = try Int64.fetchOne(db, sql: "SELECT min(start) FROM profile")
      .map(Timestamp.init(nanoseconds:))
    lastStart = try Int64.fetchOne(db, sql: "SELECT max(start) FROM profile")
      .map(Timestamp.init(nanoseconds:))
  }
}

#endif
