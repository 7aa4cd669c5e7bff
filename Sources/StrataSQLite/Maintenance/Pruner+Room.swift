// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore

/// A store that is larger than it may be.
extension Pruner {
  /// Lets the oldest go until the store is small enough, or nothing is left that may go.
  mutating func shrink(to maximum: Int) throws {
    while try usedBytes() > maximum, step() {
      try store.removeUnusedShapes()
      let last = report
      if try letOldestCapturesGo() { continue }
      if report == last { try pruneOldestMinutes(before: .max) }
      if report == last, let start = try oldestRollup(.hour), try isPrunable(day: start) {
        try pruneHours(before: RollupLevel.day.end(of: RollupLevel.day.end(of: start)))
      }
      guard report != last else { return }
    }
  }

  /// Lets the captures of the oldest hour go, where its sums by the minute are smaller.
  ///
  /// Else these would have to go next, and after them the captures of the next hour, until there is
  /// no capture at all: so the minutes of earlier hours go first, and those of this hour, which are
  /// not even written, along with its captures.
  ///
  /// - Returns: Whether there was such an hour.
  private mutating func letOldestCapturesGo() throws -> Bool {
    let hour = try store.reading { db -> (start: Int64, isWorthMinutes: Bool)? in
      let summedUp = try PrunedCaptures.bound(of: nil, db) ?? .min
      guard let start = try Self.oldestHour(before: .max, summedUp: summedUp, db) else {
        return nil
      }
      // What came late for hours that are summed up is in their minutes already.
      guard start >= summedUp else { return (start, true) }
      return (start, try RollupBuilder(try store.snapshot(db)).areMinutesSmaller(ofHour: start))
    }
    guard let hour else { return false }
    if !hour.isWorthMinutes {
      let last = report
      try pruneOldestMinutes(before: hour.start)
      guard report == last else { return true }
      minutesEnd = max(minutesEnd, RollupLevel.hour.end(of: hour.start))
    }
    return try pruneOldestHour(before: .max)
  }

  /// Lets the oldest day of minutes go, or what of it lies before a time.
  private mutating func pruneOldestMinutes(before end: Int64) throws {
    guard let start = try oldestRollup(.minute) else { return }
    let day = start.addingReportingOverflow(RollupLevel.day.width)
    try pruneMinutes(before: day.overflow ? end : min(day.partialValue, end))
  }

  func oldestRollup(_ level: RollupLevel) throws -> Int64? {
    try store.reading { db in
      try Int64.fetchOne(
        db,
        sql: "SELECT min(start) FROM rollup WHERE level = ?",
        arguments: [level.rawValue]
      )
    }
  }

  /// Whether the day of a time lies before all captures.
  func isPrunable(day time: Int64) throws -> Bool {
    let pruned = try store.reading { try PrunedCaptures.bound(of: nil, $0) } ?? .min
    let end = RollupLevel.day.floor(Int128(time)) + Int128(RollupLevel.day.width)
    return end <= Int128(pruned)
  }
}

#endif
