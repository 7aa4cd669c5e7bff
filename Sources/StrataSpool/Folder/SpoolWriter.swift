// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Writes into a spool folder; every step is taken under the lock of the folder.
///
/// Under the lock, whatever has a temporary name was left by a writer that was killed.
struct SpoolWriter {
  private let path: String
  private let files: SpoolFiles
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
    files = SpoolFiles(folder: path)
    let lock = try files.lock()
    defer { lock.unlock() }
    let index = try files.openIndex()
    try files.finishRemoval()
    let bytes = try index.bytes(from: 0)
    try SpoolFile.synchronizeFolder(path)
    self.path = path
    self.limit = limit
    usage = SpoolUsage(size: try SpoolContents(folder: path, index: bytes).size, index: bytes)
  }

  /// Keeps a dump and the line that names it; the file of `entry` is chosen here.
  mutating func append(
    _ dump: [UInt8],
    _ entry: SpoolEntry,
    id: String?
  ) throws(SpoolError) -> DumpSource {
    try append(dump, entry, id: id, evenIfRefused: false).source
  }

  /// Keeps a dump and its line, on request even if an import would refuse the line; returns why.
  mutating func append(
    _ dump: [UInt8],
    _ entry: SpoolEntry,
    id: String?,
    evenIfRefused: Bool
  ) throws(SpoolError) -> (source: DumpSource, refusal: SpoolEntryError?) {
    guard dump.count <= limit else {
      throw SpoolError(path: path, .dumpTooLarge(size: dump.count, limit: limit))
    }
    let lock = try files.lock()
    defer { lock.unlock() }
    var entry = entry
    entry.file = freeName(for: entry.start)
    let file = path + "/" + entry.file
    let line = id.map(entry.line(id:)) ?? entry.line
    var refusal: SpoolEntryError?
    do { entry = try SpoolEntry(line: line[...]) } catch {
      guard evenIfRefused else { throw SpoolError(path: file, .entry(error)) }
      refusal = error
    }
    try makeRoom(for: dump.count)
    try store(dump, as: file, line)
    return (DumpSource(path: file, entry: entry), refusal)
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
    let index = try files.openIndex()
    let size = try index.status().size
    do {
      try files.replace(file, dump)
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

  // MARK: - The limit

  /// Removes the oldest dumps where a dump of `size` bytes would pass the limit.
  ///
  /// Down to nine tenths, so that the index is not rewritten for each dump.
  private mutating func makeRoom(for size: Int) throws(SpoolError) {
    let index = try files.openIndex()
    try usage.update(from: index, in: path)
    guard usage.size + Int128(size) > Int128(limit) else { return }
    // There may be less than was known: another process may have removed dumps.
    let bytes = try index.bytes(from: 0)
    let contents = try SpoolContents(folder: path, index: bytes)
    usage = SpoolUsage(size: contents.size, index: bytes)
    guard usage.size + Int128(size) > Int128(limit) else { return }
    let removed = contents.oldest(leaving: Int128(limit - limit / 10) - Int128(size))
    let rest = contents.index(without: removed)
    let present = removed.filter { $0.size != nil }.map(\.file)
    droppedDumps += try files.drop(present, leaving: rest, index.status().permissions)
    let freed = removed.reduce(0) { $0 + Int128($1.size ?? 0) }
    usage = SpoolUsage(size: usage.size - freed, index: rest)
  }
}

/// How many bytes the dumps of a spool folder take, as far as the index was read.
///
/// A writer that is alone reads a few bytes of the index for each dump, however long it is; with
/// others it reads the lines that they added.
struct SpoolUsage {
  /// How much of the end of what is known is compared, to see that it is still there.
  ///
  /// Names of dumps are not used twice, so that a line is enough.
  private static let markSize = 512

  /// The size of the dumps in bytes.
  private(set) var size: Int128
  /// Where the index ends, as far as it is known.
  private var offset: Int
  /// The bytes of the index before the offset.
  private var mark: ArraySlice<UInt8>

  /// Creates the usage of a folder whose dumps take `size` bytes.
  init(size: Int128, index: [UInt8]) {
    self.size = size
    offset = index.count
    mark = index.suffix(Self.markSize)
  }

  /// Adds what was written since.
  mutating func update(
    from index: borrowing SpoolFile,
    in folder: String
  ) throws(SpoolError) {
    let known = mark
    let tail = try index.bytes(from: offset - known.count)
    guard tail.starts(with: known) else {
      // Another writer made room: the index is a new file.
      let all = try index.bytes(from: 0)
      self = SpoolUsage(size: try SpoolContents(folder: folder, index: all).size, index: all)
      return
    }
    for (_, entry) in SpoolContents.entries(of: tail[known.count...]) {
      guard let entry, SpoolContents.isRemovable(entry.file) else { continue }
      size += Int128(SpoolFile.size(of: folder + "/" + entry.file) ?? 0)
    }
    offset += tail.count - known.count
    mark = tail.suffix(Self.markSize)
  }
}
