// SPDX-License-Identifier: Apache-2.0

#if Tools
// Thread.sleep; GRDB brings Foundation along anyway.
import Foundation
import GRDB

/// Long work on a store, in transactions so short that no caller has to wait for it.
///
/// SQLite has no queue of writers: processes that wait look again every few milliseconds. So the
/// store is left alone for as long as it was taken, and most of them find it free the next time.
struct ShortTransactions {
  /// How long a transaction should take: less than the 100 ms that others may have to wait.
  private static let target = Duration.milliseconds(20)
  private static let sizes = 16...4_096

  private let pool: DatabasePool
  /// How much one transaction takes on: pages or rows.
  private var size = 64

  init(_ pool: DatabasePool) {
    self.pool = pool
  }

  /// Runs one transaction, with a `body` that does as much as it is asked to.
  mutating func run<Result>(_ body: (Database, _ size: Int) throws -> Result) throws -> Result {
    let start = ContinuousClock.now
    let size = size
    let result = try pool.writeImmediately { try body($0, size) }
    let taken = start.duration(to: .now)
    let next = taken > Self.target ? size / 2 : taken < Self.target / 2 ? size * 2 : size
    self.size = min(max(next, Self.sizes.lowerBound), Self.sizes.upperBound)
    let pause = min(taken, Self.target)
    Thread.sleep(forTimeInterval: Double(pause.components.attoseconds) * 1e-18)
    return result
  }
}
#endif
