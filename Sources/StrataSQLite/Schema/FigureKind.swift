// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataStoreFormat

/// What figures must have in common to be summed.
struct FigureKind: Hashable {
  var kind: ProfileKind
  var clock: ProfileClock

  init(kind: ProfileKind, clock: ProfileClock) {
    (self.kind, self.clock) = (kind, clock)
  }

  init(_ record: Capture) {
    self.init(kind: record.kind, clock: record.clock)
  }

  /// Reads the columns `kind` and `clock` of a row.
  init(_ row: Row, path: String) throws {
    try self.init(
      kind: try row.decode(String.self, forColumn: "kind"),
      clock: try row.decode(String.self, forColumn: "clock"),
      path: path
    )
  }

  /// Reads kind and clock as the store has them.
  init(kind: String, clock: String, path: String) throws(StoreError) {
    guard let kind = ProfileKind(rawValue: kind), let clock = ProfileClock(rawValue: clock) else {
      throw StoreError(damaged: "a kind or clock that has no meaning", path: path)
    }
    self.init(kind: kind, clock: clock)
  }

  /// All that a store has, or had: what is missing here would be missing in every answer.
  static func all(_ db: Database, path: String) throws -> [FigureKind] {
    let rows = try Row.fetchAll(db, sql: "SELECT kind, clock FROM figureKind")
    let kinds = try rows.map { try FigureKind($0, path: path) }
    var tally = Tally()
    for kind in kinds { tally.add(kind.tallyChecksum) }
    try tally.check(.figureKinds, db, path: path)
    return kinds
  }

  var tallyChecksum: UInt32 { CRC32C.checksum(of: UInt64(bitPattern: code), continuing: 0) }
}

#endif
