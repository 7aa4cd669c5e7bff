// SPDX-License-Identifier: Apache-2.0

#if Tools

// Dispatch: commits wait for the disk, which no thread of Swift's pool should do.
import Dispatch

extension SQLiteStore {
  /// Stores records as ``insert(prepared:)`` does, on a thread that may wait for the disk.
  ///
  /// - Returns: Of each record, whether it was new; all are durable.
  /// - Throws: ``StoreError``; then none is stored.
  public func commit(_ records: [PreparedRecord]) async throws -> [Bool] {
    try await withCheckedThrowingContinuation { continuation in
      commitQueue.async {
        continuation.resume(with: Result { try self.insert(prepared: records) })
      }
    }
  }
}

#endif
