// SPDX-License-Identifier: Apache-2.0

#if Tools

// Dispatch: commits wait for the disk, which no thread of Swift's pool should do.
import Dispatch
import Synchronization
import StrataQuery

/// Captures that a task has brought, and where it waits for them.
struct WaitingCommit: Sendable {
  var captures: [PreparedRecord]
  var continuation: CheckedContinuation<[Bool], any Error>
}

extension SQLiteStore {
  /// The most captures in one transaction of several tasks: other writers want their turn too.
  private static let largestGroup = 64

  /// Stores captures, all or none; they are durable when it returns.
  ///
  /// While one transaction is made durable, what other tasks bring meanwhile gathers for the next one:
  /// no task waits for others to come, and a slow disk makes larger groups.
  ///
  /// - Returns: For each capture, whether it was new.
  /// - Throws: `StoreError`; then none of them is stored, and what other tasks brought is all the
  ///   same.
  public func commit(_ prepared: [PreparedRecord]) async throws -> [Bool] {
    try await withCheckedThrowingContinuation { continuation in
      let commit = WaitingCommit(captures: prepared, continuation: continuation)
      waiting.withLock { $0.append(commit) }
      // One block for each task; the first one that runs takes all that wait.
      commitQueue.async { self.commitGroup() }
    }
  }

  private func commitGroup() {
    let group = waiting.withLock { waiting in
      var count = 0
      let group = waiting.prefix { commit in
        defer { count += commit.captures.count }
        return count == 0 || count + commit.captures.count <= Self.largestGroup
      }
      waiting.removeFirst(group.count)
      return group
    }
    guard group.count > 1, var areNew = try? write(group.flatMap(\.captures))[...] else {
      // Each by itself, so that one that fails does not fail the others.
      for commit in group {
        commit.continuation.resume(with: Result { try write(commit.captures) })
      }
      return
    }
    for commit in group {
      commit.continuation.resume(returning: Array(areNew.prefix(commit.captures.count)))
      areNew = areNew.dropFirst(commit.captures.count)
    }
  }
}

#endif
