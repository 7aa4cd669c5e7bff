// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore

/// What figures must have in common to be summed.
struct FigureKind: Hashable {
  var kind: ProfileKind
  var clock: ProfileClock

  init(_ record: ProfileRecord) {
    (kind, clock) = (record.kind, record.clock)
  }

  /// Reads the columns `kind` and `clock` of a row, the first of which is its column `index`.
  init(_ row: Row, _ index: Int, path: String) throws {
    guard let kind = ProfileKind(rawValue: try row.decode(String.self, atIndex: index)),
      let clock = ProfileClock(rawValue: try row.decode(String.self, atIndex: index + 1))
    else { throw StoreError(damaged: "a kind or clock that has no meaning", path: path) }
    (self.kind, self.clock) = (kind, clock)
  }
}

#endif
