// SPDX-License-Identifier: Apache-2.0

#if Tools

import CStrataSystem
// URL: whether a volume is of this machine.
import Foundation

/// Whether a folder is a place where several processes can write one store.
///
/// SQLite trusts the locks of the file system. Where they are granted to whoever asks, stores were
/// damaged and acknowledged captures lost within seconds, and nothing noticed.
enum FileSystem {
  /// Fails for file systems of other machines, and for those whose locks do not hold.
  ///
  /// Two machines on one network file system each see their own locks, and the memory that SQLite's
  /// processes share ends at the machine, so that no test on one of them can tell: the kind of file
  /// system is what counts. (How SQLite says it: <https://sqlite.org/wal.html>, section 1.)
  static func check(folderOf file: String, path: String) throws(StoreError) {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    if let name = network(folder) {
      throw StoreError(
        .unsafeFileSystem,
        path: path,
        expected: "a disk of this machine",
        found: "a network file system (\(name))",
        advice: "keep the store on a local disk, and import dumps over the network"
      )
    }
    guard unsafe strata_try_locks(folder.path) == strata_locks_lie else { return }
    throw StoreError(
      .unsafeFileSystem,
      path: path,
      expected: "a file system whose locks hold",
      found: "one that locks a file for two writers at a time",
      advice: "keep the store on another disk: two imports at a time would damage it here"
    )
  }

  private static func network(_ folder: URL) -> String? {
    #if canImport(Darwin)
    let isLocal = try? folder.resourceValues(forKeys: [.volumeIsLocalKey]).volumeIsLocal
    return isLocal == false ? "not local" : nil
    #else
    return unsafe strata_network_file_system(folder.path).map { unsafe String(cString: $0) }
    #endif
  }
}

#endif
