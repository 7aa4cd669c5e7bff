// SPDX-License-Identifier: Apache-2.0

#if Tools
import GRDB
import StrataCore
import StrataQuery

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

/// The widths of slices that are rolled up, the narrowest first.
enum RollupLevel: String, CaseIterable, Comparable {
  case minute
  case hour
  case day

  /// Nanoseconds.
  var width: Int64 {
    switch self {
    case .minute: 60_000_000_000
    case .hour: 3_600_000_000_000
    case .day: 86_400_000_000_000
    }
  }

  /// The level in the words of a plan.
  var sumLevel: SumLevel {
    switch self {
    case .minute: .minute
    case .hour: .hour
    case .day: .day
    }
  }

  /// The level below; nil where single captures are below.
  var finer: RollupLevel? {
    switch self {
    case .minute: nil
    case .hour: .minute
    case .day: .hour
    }
  }

  /// What roll-ups are rebuilt from, and what captures that come later are late for: the hours of a
  /// day; nil where that is single captures.
  var parts: RollupLevel? { self == .day ? .hour : nil }

  /// The widest level whose slices are within those of a question; nil where none does.
  static func widest(within slicing: Slicing?) -> RollupLevel? {
    guard let slicing else { return .day }
    return allCases.last { level in
      slicing.width % level.width == 0 && slicing.origin.nanoseconds % level.width == 0
    }
  }

  /// The time after a slice, or the last there is: starts are read from files that may be damaged.
  func end(of start: Int64) -> Int64 {
    Int64(clamping: Int128(start) + Int128(width))
  }

  /// The start of the slice that a time is in.
  ///
  /// Slices are aligned to the epoch. Nil in the first and last days that 64 bits hold, where a
  /// slice would begin before them or end after them.
  func sliceStart(of time: Int64) -> Int64? {
    let start = floor(Int128(time))
    guard let exact = Int64(exactly: start), Int64(exactly: start + Int128(width)) != nil else {
      return nil
    }
    return exact
  }

  /// The last slice boundary that is not after a time.
  func floor(_ time: Int128) -> Int128 {
    let remainder = time % Int128(width)
    return time - (remainder < 0 ? remainder + Int128(width) : remainder)
  }

  /// The slices that are entirely within a range; empty where there is none.
  func wholeSlices(in range: Range<Int128>) -> Range<Int128> {
    let lower = floor(range.lowerBound + Int128(width - 1))
    let upper = floor(range.upperBound)
    return lower..<max(lower, upper)
  }

  static func < (left: RollupLevel, right: RollupLevel) -> Bool {
    left.width < right.width
  }
}
#endif
