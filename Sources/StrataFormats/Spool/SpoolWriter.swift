// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Writes into a spool folder; every step is taken under the lock of the folder.
///
/// Under the lock, whatever has a temporary name was left by a writer that was killed.
struct SpoolWriter {
  private static let lockName = DumpCatalog.indexName + ".lock"
  /// Not the name of a dump, so that nobody reads it.
  private static let temporaryName = "new.tmp"

  private let path: String
  private let limit: Int
  private var usage: SpoolUsage
  /// The number of the next dump.
  private var number = 0
  private(set) var droppedDumps = 0

  /// Opens a folder, and makes it and its index where they are absent.
  ///
  /// The index is there before the first dump: without one, a dump whose writer was killed would be
  /// read without its labels.
  init(path: String, limit: Int) throws(SpoolError) {
    try SpoolFile.createFolder(path)
    let lock = try Self.lock(path)
    defer { lock.unlock() }
    let index = try SpoolFile(path + "/" + DumpCatalog.indexName, for: .index)
    let bytes = try index.bytes(from: 0)
    try SpoolFile.synchronizeFolder(path)
    self.path = path
    self.limit = limit
    usage = SpoolUsage(size: try SpoolContents(folder: path, index: bytes).size, index: bytes)
  }

  private static func lock(_ path: String) throws(SpoolError) -> SpoolFile {
    let lock = try SpoolFile(path + "/" + lockName, for: .lock)
    try lock.lock()
    return lock
  }

  /// Keeps a dump and the line that names it; the file of `entry` is chosen here.
  mutating func append(
    _ dump: [UInt8],
    _ entry: SpoolEntry,
    id: String?
  ) throws(SpoolError) -> DumpSource {
    guard dump.count <= limit else {
      throw SpoolError(path: path, .dumpTooLarge(size: dump.count, limit: limit))
    }
    let lock = try Self.lock(path)
    defer { lock.unlock() }
    var entry = entry
    entry.file = freeName(for: entry.start)
    let file = path + "/" + entry.file
    let line = id.map(entry.line(id:)) ?? entry.line
    do { entry = try SpoolEntry(line: line[...]) } catch {
      throw SpoolError(path: file, .entry(error))
    }
    try makeRoom(for: dump.count)
    try store(dump, as: file, line)
    return DumpSource(path: file, entry: entry)
  }

  /// A process may have the number of one that is gone, or of one in another container.
  private mutating func freeName(for start: Timestamp) -> String {
    var name: String
    repeat {
      name = SpoolFileName(start: start, process: SpoolFile.process, number: number).text
      number += 1
    } while SpoolFile.exists(path + "/" + name)
    return name
  }

  // MARK: - The dump, then its line

  private func store(_ dump: [UInt8], as file: String, _ line: [UInt8]) throws(SpoolError) {
    let index = try openIndex()
    let size = try index.status().size
    do {
      try replace(file, dump)
      try add(line, to: index, size: size)
    } catch {
      index.truncate(to: size)
      // A line that cannot be taken back must not name a missing file.
      if (try? index.status().size) == size { _ = try? SpoolFile.remove(file) }
      throw error
    }
  }

  private func add(
    _ line: [UInt8],
    to index: borrowing SpoolFile,
    size: Int
  ) throws(SpoolError) {
    // A writer that was killed may have left a part of a line: it must not swallow this one.
    let lineFeed = UInt8(ascii: "\n")
    let isTorn = size > 0 ? try index.bytes(from: size - 1) != [lineFeed] : false
    try index.write(isTorn ? [lineFeed] + line : line)
    try index.synchronize()
  }

  /// Writes a file that is whole, or not there, whatever happens; it is on the disk afterwards.
  private func replace(
    _ file: String,
    _ bytes: [UInt8],
    permissions: FilePermissions? = nil
  ) throws(SpoolError) {
    let temporary = path + "/" + Self.temporaryName
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
    try SpoolFile.synchronizeFolder(path)
  }

  private func openIndex() throws(SpoolError) -> SpoolFile {
    try SpoolFile(path + "/" + DumpCatalog.indexName, for: .index)
  }

  // MARK: - The limit

  /// Removes the oldest dumps where a dump of `size` bytes would pass the limit.
  ///
  /// Down to nine tenths, so that the index is not written anew for each dump.
  private mutating func makeRoom(for size: Int) throws(SpoolError) {
    let index = try openIndex()
    try usage.update(from: index, in: path)
    guard usage.size + Int128(size) > Int128(limit) else { return }
    // What was known may be more than there is: somebody may have taken dumps away.
    let bytes = try index.bytes(from: 0)
    let contents = try SpoolContents(folder: path, index: bytes)
    usage = SpoolUsage(size: contents.size, index: bytes)
    guard usage.size + Int128(size) > Int128(limit) else { return }
    let removed = contents.oldest(leaving: Int128(limit - limit / 10) - Int128(size))
    try drop(removed, index: contents.index(without: removed), index.status().permissions)
  }

  /// Removes dumps, their lines first: a line never names a missing file.
  private mutating func drop(
    _ removed: [SpoolContents.Dump],
    index: [UInt8],
    _ permissions: FilePermissions
  ) throws(SpoolError) {
    try replace(path + "/" + DumpCatalog.indexName, index, permissions: permissions)
    for dump in removed where dump.size != nil {
      if try SpoolFile.remove(path + "/" + dump.file) { droppedDumps += 1 }
    }
    let freed = removed.reduce(0) { $0 + Int128($1.size ?? 0) }
    usage = SpoolUsage(size: usage.size - freed, index: index)
  }
}
