// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for FileManager and FileHandle; GRDB brings it along anyway.
import Foundation

/// The folders that a new store needs.
enum Folders {
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
        .cannotOpen,
        path: path,
        expected: "a folder \(parent.path) for the store",
        found: "none, and it cannot be created",
        advice: "check the path and its permissions"
      )
    }
  }

  private static func synchronize(_ folder: URL) throws {
    let handle = try FileHandle(forReadingFrom: folder)
    defer { try? handle.close() }
    try handle.synchronize()
  }
}

#endif
