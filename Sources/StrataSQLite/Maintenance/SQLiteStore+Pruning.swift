// SPDX-License-Identifier: Apache-2.0

#if Tools

public import StrataCore
public import StrataQuery

extension SQLiteStore {
  /// Removes what a policy does not keep, after its sums are written, and gives the room back.
  ///
  /// Transactions are short, and readers see the store as it was when they began: none waits. It
  /// can be stopped, or killed, at any moment, and continues where it was.
  ///
  /// - Parameters:
  ///   - policy: What is kept.
  ///   - now: The end of the times that the policy names.
  ///   - progress: Called after each step with the captures that went so far; returns whether to go
  ///     on.
  /// - Returns: What went, and how much room it gave.
  /// - Throws: `StoreError`.
  public func prune(
    _ policy: RetentionPolicy,
    now: Timestamp,
    progress: (PruneReport) -> Bool = { _ in true }
  ) throws -> PruneReport {
    guard case .readWrite = mode else { throw StoreError(readOnlyAt: path) }
    return try StoreError.translating(path: path) {
      try rollUp(endingBefore: now)
      return try withoutActuallyEscaping(progress) { progress in
        var pruner = Pruner(store: self, progress: progress)
        try pruner.run(policy, now: now.nanoseconds)
        return pruner.report
      }
    }
  }
}

#endif
