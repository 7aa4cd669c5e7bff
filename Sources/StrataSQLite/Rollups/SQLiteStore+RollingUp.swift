// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
public import StrataCore
import StrataQuery

extension SQLiteStore {
  /// How long one transaction of rolling up may keep other writers waiting before it ends.
  private static let patience = Duration.milliseconds(100)

  /// Adds up the captures of slices that ended before a time, and of those that late captures
  /// belong to, so that questions over long ranges need not read each capture.
  ///
  /// Questions are exact without it too, at every moment. Transactions are short; other writers take
  /// their turns between them.
  ///
  /// - Parameters:
  ///   - time: Slices that end after it are left open: more captures are to come.
  ///   - progress: Called with how many slices are done and how many there are, which may become more
  ///     with each level; returns whether to continue.
  /// - Returns: How many slices were rolled up.
  /// - Throws: `StoreError`.
  /// - Complexity: O(*n*) in the functions and callers of the captures, times their labels.
  @discardableResult
  public func rollUp(
    endingBefore time: Timestamp,
    progress: (_ done: Int, _ total: Int) -> Bool = { _, _ in true }
  ) throws -> Int {
    guard case .readWrite = mode else { throw StoreError(readOnlyAt: path) }
    return try StoreError.translating(path: path) {
      var done = 0
      // Finer levels first: the wider ones are made of them.
      for level in RollupLevel.allCases {
        // Without the lock for writing, since each transaction looks again at what its slices hold.
        var slices = try reading { try Self.waiting(level, endingBefore: time, $0) }[...]
        let total = done + slices.count
        while !slices.isEmpty {
          guard progress(done, total) else { return done }
          done += try rollUp(&slices)
        }
      }
      return done
    }
  }

  /// The slices that are to be rolled up, in order of start.
  private static func waiting(
    _ level: RollupLevel,
    endingBefore time: Timestamp,
    _ db: Database
  ) throws -> [Slice] {
    let last = time.nanoseconds.subtractingReportingOverflow(level.width)
    let starts = try Int64.fetchAll(
      db,
      sql: """
        SELECT start FROM slice INDEXED BY sliceOpen
        WHERE state = 0 AND level = ?1 AND start <= ?2
        UNION SELECT start FROM lateCapture WHERE level = ?1
        ORDER BY start
        """,
      arguments: [level.rawValue, last.overflow ? .min : last.partialValue]
    )
    return starts.map { Slice(level: level, start: $0) }
  }

  /// Rolls up the first of the slices, as many as one transaction may take.
  private func rollUp(_ slices: inout ArraySlice<Slice>) throws -> Int {
    let before = slices.count
    try pool.writeImmediately { db in
      var builder = try RollupBuilder(try snapshot(db))
      let clock = ContinuousClock()
      let deadline = clock.now + Self.patience
      // One slice at least, however long it takes, or there would be no progress at all.
      repeat {
        guard let slice = slices.popFirst() else { break }
        try builder.update(slice)
      } while clock.now < deadline
    }
    return before - slices.count
  }
}

#endif
