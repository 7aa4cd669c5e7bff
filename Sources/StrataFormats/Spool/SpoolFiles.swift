// SPDX-License-Identifier: Apache-2.0

/// The files of a spool folder, and how they are changed: under the lock, each step on the disk.
struct SpoolFiles {
  private static let lockName = DumpCatalog.indexName + ".lock"
  /// Not the name of a dump, so that nobody reads it.
  private static let temporaryName = "new.tmp"

  let folder: String

  var indexPath: String { folder + "/" + DumpCatalog.indexName }

  /// Waits for the other writers, and takes the lock.
  func lock() throws(SpoolError) -> SpoolFile {
    let lock = try SpoolFile(folder + "/" + Self.lockName, for: .lock)
    try lock.lock()
    return lock
  }

  /// Opens the index, and makes it where it is absent.
  func openIndex() throws(SpoolError) -> SpoolFile {
    try SpoolFile(indexPath, for: .index)
  }

  /// Writes a file that is whole, or not there, whatever happens; it is on the disk afterwards.
  func replace(
    _ file: String,
    _ bytes: [UInt8],
    permissions: FilePermissions? = nil
  ) throws(SpoolError) {
    let temporary = folder + "/" + Self.temporaryName
    try SpoolFile.remove(temporary)
    do {
      let new = try SpoolFile(temporary, for: .new(permissions: permissions))
      try new.write(bytes)
      try new.synchronize()
      try SpoolFile.move(temporary, to: file)
    } catch {
      _ = try? SpoolFile.remove(temporary)
      throw error
    }
    try SpoolFile.synchronizeFolder(folder)
  }

  /// Removes dumps, their lines first: a line never names a missing file.
  ///
  /// - Returns: How many dumps were there.
  func drop(
    _ dumps: [String],
    leaving index: [UInt8],
    _ permissions: FilePermissions
  ) throws(SpoolError) -> Int {
    try replace(indexPath, index, permissions: permissions)
    var count = 0
    for dump in dumps { count += try SpoolFile.remove(folder + "/" + dump) ? 1 : 0 }
    return count
  }

  /// Removes the folder, where no line is left in its index; returns whether it did.
  func removeIfEmpty() throws(SpoolError) -> Bool {
    let lock = try lock()
    defer { lock.unlock() }
    if SpoolFile.exists(indexPath) {
      guard try openIndex().bytes(from: 0).isEmpty else { return false }
      try SpoolFile.remove(indexPath)
    }
    for name in [Self.temporaryName, Self.lockName] { try SpoolFile.remove(folder + "/" + name) }
    return SpoolFile.removeFolder(folder)
  }
}
