// SPDX-License-Identifier: Apache-2.0

#if Tools

// FileHandle: how a file is brought to the disk.
import Foundation
import StrataQuery

extension SQLiteStore {
  /// Returns when all that can be read from the store is on the disk.
  ///
  /// What this process wrote is there already. What another one wrote can be read a moment before
  /// if that process was killed midway: call this before the source of a known capture is removed.
  ///
  /// - Throws: `StoreError`.
  public func synchronize() throws {
    // The log alone, which has no locks: to close the store's own file would end SQLite's locks.
    let log = URL(fileURLWithPath: path).resolvingSymlinksInPath().path + "-wal"
    guard let file = FileHandle(forReadingAtPath: log) else { return }
    defer { try? file.close() }
    do { try file.synchronize() } catch {
      throw StoreError(diskFailedAt: path, found: "a log that cannot be flushed to it")
    }
  }
}

#endif
