// SPDX-License-Identifier: Apache-2.0

#if Tools
// Foundation for Date, the time of day.
import Foundation
import StrataCore
import StrataQuery
import StrataService

extension ProfileStore {
  /// Rolls up, under a progress bar, all slices that have ended, if the store can do that; what is stored
  /// is durable already, and stays exact.
  @discardableResult
  func rollUpEndedSlices() async throws -> Int {
    guard let store = self as? any RollingUpStore else { return 0 }
    var bar: ProgressBar?
    defer { bar?.clear() }
    return try await store.rollUp(endingBefore: .endOfClosedSlices) { done, total in
      if bar == nil { bar = ProgressBar(total: total) }
      bar?.update(done: done, of: total)
      return true
    }
  }
}

/// Rolls up during an import, so that a long one leaves as little to do at its end as a short one.
struct PeriodicRollUp {
  private static let interval = Duration.seconds(60)

  /// Whether anything was stored since the last roll-up.
  private var hasNews = false
  private var last = ContinuousClock.now

  /// Notes what was stored.
  mutating func note(_ outcomes: [ImportOutcome]) {
    hasNews = hasNews || outcomes.contains(where: \.isDurable)
  }

  /// Rolls up the slices that have ended, if anything was stored since and it is time.
  mutating func rollUpIfDue(_ store: some ProfileStore) async throws {
    guard hasNews, ContinuousClock.now - last >= Self.interval else { return }
    if let store = store as? any RollingUpStore {
      try await store.rollUp(endingBefore: .endOfClosedSlices) { _, _ in true }
    }
    (hasNews, last) = (false, .now)
  }
}

extension Timestamp {
  /// The time of day.
  static var now: Timestamp {
    Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
  }

  /// The end of the slices that are rolled up: captures may be on their way for a minute more.
  static var endOfClosedSlices: Timestamp {
    Timestamp(nanoseconds: now.nanoseconds - 60_000_000_000)
  }
}
#endif
