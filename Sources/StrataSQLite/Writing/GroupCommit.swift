// SPDX-License-Identifier: Apache-2.0

#if Tools

// Dispatch: commits wait for the disk, which no thread of Swift's pool should do.
import Dispatch
public import StrataCore

/// Stores records that come one at a time, from many tasks, in as few transactions as the disk allows.
///
/// While one transaction is made durable, the records that come meanwhile gather for the next one,
/// so nobody waits for others to come, and a slow disk makes larger groups.
///
/// ```swift
/// let commit = GroupCommit(store)
/// let isNew = try await commit.insert(record)   // durable from here on
/// ```
public actor GroupCommit {
  /// The most records in one transaction: other writers want their turn too.
  private static let largestGroup = 64

  private struct Waiting {
    var record: PreparedRecord
    var continuation: CheckedContinuation<Bool, any Error>
  }

  private nonisolated let store: SQLiteStore
  private var waiting: [Waiting] = []
  private var isCommitting = false

  /// Creates a writer to a store; others may write to the store as well.
  public init(_ store: SQLiteStore) {
    self.store = store
  }

  /// Stores a record; it is durable when this returns.
  ///
  /// - Returns: Whether the record was new.
  /// - Throws: `RecordError` where it cannot be kept exactly, or ``StoreError``; other records of
  ///   the group are stored all the same.
  public nonisolated func insert(_ record: Capture) async throws -> Bool {
    try await insert(prepared: try store.prepare(record))
  }

  /// Stores a record that was prepared already.
  public func insert(prepared record: PreparedRecord) async throws -> Bool {
    try await withCheckedThrowingContinuation { continuation in
      waiting.append(Waiting(record: record, continuation: continuation))
      commitNext()
    }
  }

  private func commitNext() {
    guard !isCommitting, !waiting.isEmpty else { return }
    isCommitting = true
    let group = Array(waiting.prefix(Self.largestGroup))
    waiting.removeFirst(group.count)
    store.commitQueue.async { [store] in
      let results = Self.commit(group.map(\.record), to: store)
      for (member, result) in zip(group, results) { member.continuation.resume(with: result) }
      Task { await self.finish() }
    }
  }

  private func finish() {
    isCommitting = false
    commitNext()
  }

  /// Stores a group; where that fails, each record by itself, so that one does not fail the others.
  private static func commit(
    _ records: [PreparedRecord],
    to store: SQLiteStore
  ) -> [Result<Bool, any Error>] {
    if let areNew = try? store.insert(prepared: records) { return areNew.map { .success($0) } }
    return records.map { record in
      Result { try store.insert(prepared: [record]).contains(true) }
    }
  }
}

#endif
