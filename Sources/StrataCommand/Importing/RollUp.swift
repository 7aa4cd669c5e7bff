// SPDX-License-Identifier: Apache-2.0

#if Tools
// Foundation for Date, the time of day.
import Foundation
import StrataCore
import StrataQuery

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
