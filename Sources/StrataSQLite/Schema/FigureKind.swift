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

  /// Reads the columns `kind` and `clock` of a row, the first of which is its column `index`.
  init(_ row: Row, _ index: Int, path: String) throws {
    guard let kind = ProfileKind(rawValue: try row.decode(String.self, atIndex: index)),
      let clock = ProfileClock(rawValue: try row.decode(String.self, atIndex: index + 1))
    else { throw StoreError(damaged: "a kind or clock that has no meaning", path: path) }
    self.init(kind: kind, clock: clock)
  }

  /// All that a store has, or had: what is missing here would be missing in every answer.
  static func all(_ db: Database, path: String) throws -> [FigureKind] {
    let rows = try Row.fetchAll(db, sql: "SELECT kind, clock FROM figureKind")
    let kinds = try rows.map { try FigureKind($0, 0, path: path) }
    var tally = Tally()
    for kind in kinds { tally.add(kind.tallyChecksum) }
    try tally.check(.figureKinds, db, path: path)
    return kinds
  }

  var tallyChecksum: UInt32 { CRC32C.checksum(of: UInt64(bitPattern: code), continuing: 0) }
}

#endif
