// SPDX-License-Identifier: Apache-2.0

/// The files of a spool folder, and how they are changed: under the lock, each step on the disk.
struct SpoolFiles {
  private static let lockName = DumpCatalog.indexName + ".lock"
  /// Not the name of a dump, so that nobody reads it.
  private static let temporaryName = "new.tmp"
  /// The names of the dumps that are being removed, each with a zero byte at its end.
  private static let removedName = DumpCatalog.indexName + ".removed"
  /// Exists while the folder of one program takes dumps (``SpoolGate``).
  private static let gateName = "run.lock"

  let folder: String

  var indexPath: String { folder + "/" + DumpCatalog.indexName }

  /// Waits for the other writers, and takes the lock.
  func lock() throws(SpoolError) -> SpoolFile {
    let lock = try SpoolFile(folder + "/" + Self.lockName, for: .lock)
    try lock.lock()
    return lock
  }

  /// As ``lock()``, for a folder that may be somebody else's; nil where nobody has written into it.
  func lockIfThere() throws(SpoolError) -> SpoolFile? {
    let path = folder + "/" + Self.lockName
    guard SpoolFile.exists(path) else { return nil }
    let lock = try SpoolFile(path, for: .reading)
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
  /// Before both, their names are noted: if the process is killed between lines and files,
  /// ``finishRemoval()`` continues.
  ///
  /// - Returns: How many dumps were there.
  func drop(
    _ dumps: [String],
    leaving index: [UInt8],
    _ permissions: FilePermissions
  ) throws(SpoolError) -> Int {
    let note = folder + "/" + Self.removedName
    if !dumps.isEmpty { try replace(note, dumps.flatMap { Array($0.utf8) + [0] }) }
    try replace(indexPath, index, permissions: permissions)
    var count = 0
    for dump in dumps { count += try SpoolFile.remove(folder + "/" + dump) ? 1 : 0 }
    try SpoolFile.remove(note)
    return count
  }

  /// Whether a removal has begun, and not ended.
  var isRemoving: Bool { SpoolFile.exists(folder + "/" + Self.removedName) }

  /// Removes the dumps whose lines were removed by a process that was then killed; under the lock.
  ///
  /// Those that a line still names stay: it was killed before, or they are other dumps by now.
  ///
  /// - Returns: How many dumps were there.
  @discardableResult
  func finishRemoval() throws(SpoolError) -> Int {
    guard isRemoving else { return 0 }
    let note = folder + "/" + Self.removedName
    let noted = try SpoolFile(note, for: .reading).bytes(from: 0)
    let named = try names()
    var count = 0
    for name in noted.split(separator: 0) {
      let name = String(decoding: name, as: UTF8.self)
      guard SpoolContents.isRemovable(name), !named.contains(name) else { continue }
      count += try SpoolFile.remove(folder + "/" + name) ? 1 : 0
    }
    try SpoolFile.remove(note)
    return count
  }

  /// The file that is there while the folder of one program takes dumps.
  var gatePath: String { folder + "/" + Self.gateName }

  /// What the lines of the index name.
  private func names() throws(SpoolError) -> SpoolNames {
    do { return try SpoolNames(index: indexPath) } catch { throw SpoolError(examining: error) }
  }

  /// The dumps in the folder that no line of its index names.
  ///
  /// Under the lock none of them is one that its writer is about to name.
  func unnamed() throws(SpoolError) -> [String] {
    let all: FolderNames
    do { all = try FolderNames(of: folder) } catch { throw SpoolError(examining: error) }
    let dumps = (0..<all.count).lazy.map { all[$0] }.filter { SpoolNames.isDump($0.utf8) }
    guard !dumps.isEmpty, SpoolFile.exists(indexPath) else { return [] }
    let named = try names()
    return dumps.filter { !named.mayContain($0) && SpoolFile.size(of: folder + "/" + $0) != nil }
  }

  /// Removes the folder, where no line is left in its index; returns whether it did.
  func removeIfEmpty() throws(SpoolError) -> Bool {
    let lock = try lock()
    defer { lock.unlock() }
    if SpoolFile.exists(indexPath) {
      try finishRemoval()
      guard try openIndex().bytes(from: 0).isEmpty, try unnamed().isEmpty else { return false }
      try SpoolFile.remove(gatePath)
      try SpoolFile.remove(indexPath)
    }
    for name in [Self.temporaryName, Self.lockName] { try SpoolFile.remove(folder + "/" + name) }
    return SpoolFile.removeFolder(folder)
  }
}
