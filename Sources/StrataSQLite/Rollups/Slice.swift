// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB

/// A slice of time whose captures are rolled up.
struct Slice: Hashable {
  var level: RollupLevel
  /// Nanoseconds since the epoch.
  var start: Int64

  var arguments: StatementArguments { [level.rawValue, start] }
  var range: Range<Int128> { Int128(start)..<Int128(start) + Int128(level.width) }
  /// The last nanosecond.
  var lastTime: Int64 { Int64(clamping: range.upperBound - 1) }
}

/// What has become of the captures of a slice.
enum SliceState: Int64 {
  /// They wait to be rolled up.
  case open = 0
  /// They are rolled up where that merges enough; those that come now are late.
  case rolledUp = 1
  /// They stay when others go, for their sums pass 63 bits: nothing of the slice is rolled up.
  case keptByCaptures = 2

  init?(_ slice: Slice, _ db: Database) throws {
    let query = "SELECT state FROM slice WHERE level = ? AND start = ?"
    let statement = try db.cachedStatement(sql: query)
    guard let value = try Int64.fetchOne(statement, arguments: slice.arguments) else { return nil }
    self.init(rawValue: value)
  }

  func set(_ slice: Slice, _ db: Database) throws {
    let upsert = "INSERT OR REPLACE INTO slice (level, start, state) VALUES (?, ?, ?)"
    try db.cachedStatement(sql: upsert).execute(arguments: slice.arguments + [rawValue])
  }
}

#endif
