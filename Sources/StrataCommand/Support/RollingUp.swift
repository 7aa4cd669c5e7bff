// SPDX-License-Identifier: Apache-2.0

#if Tools
// Foundation for Date, the time of day.
import Foundation
import StrataCore
import StrataSQLite

/// Rolls up what an import left behind, under a progress bar.
enum RollingUp {
  /// How long after its end a slice is left open for captures that are on their way.
  private static let grace: Int64 = 60_000_000_000

  /// Slices that end later are left open.
  static var end: Timestamp { Timestamp(nanoseconds: Timestamp.now.nanoseconds - grace) }

  /// Rolls up all slices that have ended; what is stored is durable already, and stays exact.
  @discardableResult
  static func run(_ store: SQLiteStore) throws -> Int {
    var bar: ProgressBar?
    defer { bar?.clear() }
    return try store.rollUp(endingBefore: end) { done, total in
      if bar == nil { bar = ProgressBar(total: total) }
      bar?.update(done: done, of: total)
      return true
    }
  }
}

extension Timestamp {
  /// The time of day.
  static var now: Timestamp {
    Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
  }
}
#endif
