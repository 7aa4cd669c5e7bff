// SPDX-License-Identifier: Apache-2.0

#if Tools
import CStrataSystem

// URL: whether a volume is of this machine.
import Foundation

/// Whether a folder is a place where several processes can write one store.
///
/// SQLite trusts the locks of the file system. Where they are granted to every caller, stores were
/// damaged and acknowledged captures lost within seconds, and nothing noticed.
enum FileSystem {
  /// Fails for file systems of other machines, and for those whose locks do not hold.
  ///
  /// Two machines on one network file system each see their own locks, and the memory that SQLite's
  /// processes share ends at the machine, so that a test on one shows nothing: the kind of file
  /// system is what counts. (How SQLite says it: <https://sqlite.org/wal.html>, section 1.)
  static func check(folderOf file: String, path: String) throws(StoreError) {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    if let name = network(folder) {
      throw StoreError(
        .unsafeFileSystem,
        path: path,
        expected: "a local disk",
        found: "a network file system (\(name))",
        advice: "keep the store on a local disk; dumps can be on the network"
      )
    }
    guard unsafe strata_try_locks(folder.path) == strata_locks_lie else { return }
    throw StoreError(
      .unsafeFileSystem,
      path: path,
      expected: "a file system with reliable locks",
      found: "one that grants the same lock to two writers",
      advice: "keep the store on another disk: concurrent imports would damage it here"
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

// Foundation for FileManager and FileHandle; GRDB brings it along anyway.
import Foundation
import StrataQuery

/// The folders that a new store needs, and what must be on the disk before it is used.
enum Folders {
  /// Makes durable what a process left in the log when it was killed between writing and syncing.
  ///
  /// SQLite takes such a transaction for committed, so its captures are known, and an import that
  /// says so must be right after a power failure too. Later commits of others are seen only after
  /// their sync. (A second descriptor of the log is harmless: its locks are on other files.)
  static func synchronizeLog(of path: String) throws(StoreError) {
    let log = URL(fileURLWithPath: path + "-wal")
    guard FileManager.default.fileExists(atPath: log.path) else { return }
    do {
      try synchronize(log)
      try synchronize(log.deletingLastPathComponent())
    } catch {
      throw StoreError(diskFailedAt: path, found: "one that did not accept the log")
    }
  }

  /// Creates the folder of a file, and those above it, durably.
  ///
  /// SQLite syncs the folder that holds its files. An entry of a new folder in the one above it
  /// is ours to sync, or a store that said "durable" could be gone after a power failure.
  static func createParent(of path: String) throws(StoreError) {
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
    var created: [URL] = []
    var folder = parent
    while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
      created.append(folder)
      folder.deleteLastPathComponent()
    }
    guard !created.isEmpty else { return }
    do {
      try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
      for folder in created { try synchronize(folder.deletingLastPathComponent()) }
    } catch {
      throw StoreError(
        .cannotCreate,
        path: path,
        expected: "a folder \(parent.path) for the store",
        found: "none, and it cannot be created",
        advice: "check the path and its permissions"
      )
    }
  }

  /// Why a folder that is there takes no new file; nil where something else is wrong.
  static func refusal(beside file: String, path: String) -> StoreError? {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    guard FileManager.default.fileExists(atPath: folder + "/.") else { return nil }
    return FileManager.default.isWritableFile(atPath: folder)
      ? StoreError(diskFailedAt: path, found: "one on which no file can be created")
      : StoreError(readOnlyAt: path)
  }

  /// Brings a file, or the names in a folder, to the disk.
  static func synchronize(_ url: URL) throws {
    let handle = try FileHandle(forReadingFrom: url)
    defer { try? handle.close() }
    try handle.synchronize()
  }
}
#endif
