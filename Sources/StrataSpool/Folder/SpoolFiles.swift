// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats

/// The files of a spool folder, and how they are changed: under the lock, each step on the disk.
struct SpoolFiles {
  private static let lockName = DumpCatalog.indexName + ".lock"
  /// Not the name of a dump, so that no reader takes it for one.
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

  /// As ``lock()``, for a folder that may belong to others; nil where nothing was written to it.
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

/// What the lines of an index name, in eight bytes each: an index may be long.
struct SpoolNames {
  /// Hashes of the names; where two are alike, a dump that no line names counts as named.
  private var hashes: Set<Int> = []
  /// Hashes of what lines that cannot be read may name.
  private var doubtful: Set<Int> = []
  /// Whether there is a line that cannot be read and may name anything.
  private var mayNameAny = false

  /// Reads an index line by line.
  init(index path: String) throws(FileError) {
    let lines = try FileLines(path)
    while let line = lines.next() {
      guard case .success(let line) = line else {
        mayNameAny = true
        continue
      }
      if let entry = try? SpoolEntry(line: line) {
        hashes.insert(Self.hash(SpoolContents.plain(entry.file).utf8))
      } else {
        insert(unreadable: line)
      }
    }
  }

  /// What such a line has in quotes may be a name.
  private mutating func insert(unreadable line: ArraySlice<UInt8>) {
    if line.contains(UInt8(ascii: "\\")) { mayNameAny = true }
    for part in line.split(separator: UInt8(ascii: "\"")) where Self.isDump(part) {
      doubtful.insert(Self.hash(part))
    }
  }

  /// Whether a line that can be read names a file of the folder.
  func contains(_ file: String) -> Bool {
    hashes.contains(Self.hash(file.utf8))
  }

  /// Whether a line names a file of the folder, or may do so.
  func mayContain(_ file: String) -> Bool {
    mayNameAny || contains(file) || doubtful.contains(Self.hash(file.utf8))
  }

  /// Whether a file is a dump by its name.
  static func isDump(_ name: some BidirectionalCollection<UInt8>) -> Bool {
    ProfileReader.suffixes.contains { name.suffix($0.utf8.count).elementsEqual($0.utf8) }
  }

  private static func hash(_ name: some Collection<UInt8>) -> Int {
    ByteString(Array(name)).hashValue
  }
}

/// The name of a dump in a spool folder: `20260105T090000.771000000Z-4711-0.prof`.
///
/// It contains the start (`Timestamp(fileName:)` finds it), which process wrote the dump, and its
/// number there. All nine decimals are written, so that the order of the names is that of time.
struct SpoolFileName: Hashable {
  private static let suffix = ".prof"

  var start: Timestamp
  var process: Int32
  var number: Int

  init(start: Timestamp, process: Int32, number: Int) {
    self.start = start
    self.process = process
    self.number = number
  }

  /// Reads a name; nil for one that ``text`` would not write.
  init?(_ name: String) {
    let parts = name.dropLast(Self.suffix.utf8.count).split(separator: "-")
    guard parts.count == 3, let start = Timestamp(fileName: String(parts[0])),
      let process = Int32(parts[1]), let number = Int(parts[2])
    else { return nil }
    self.init(start: start, process: process, number: number)
    guard name == text else { return nil }
  }

  /// The name.
  var text: String {
    let parts = start.iso8601.dropLast().split(separator: ".")
    let second = parts[0].filter { $0 != "-" && $0 != ":" }
    let fraction = parts.count > 1 ? String(parts[1]) : ""
    let zeros = String(repeating: "0", count: 9 - fraction.utf8.count)
    return "\(second).\(fraction)\(zeros)Z-\(process)-\(number)\(Self.suffix)"
  }
}
