// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// What a spool folder holds, according to its index and the names in it.
struct SpoolContents {
  /// A dump that counts towards the limit, and that may be removed.
  struct Dump {
    let file: String
    /// The latest start that a line, or else the name, gives it.
    var start: Timestamp
    /// The size in bytes; nil where the dump is gone.
    let size: Int?
  }

  /// A line of the index without its line feed, and the dump that it names.
  private struct Line {
    let bytes: ArraySlice<UInt8>
    /// Nil where the line cannot be read, or names what is not to be removed.
    let dump: ByteString?
  }

  private let lines: [Line]
  /// The dumps by the bytes of their names: `String` takes two spellings of `é` for the same.
  private var dumps: [ByteString: Dump] = [:]

  /// Looks at a folder.
  ///
  /// - Complexity: O(*n* log *n*) in the lines of the index and the names in the folder.
  init(folder: String, index: [UInt8]) throws(SpoolError) {
    let entries = Self.entries(of: index[...])
    lines = entries.map { bytes, entry in
      let isDump = entry.map { Self.isRemovable($0.file) } ?? false
      return Line(bytes: bytes, dump: isDump ? entry.map { ByteString($0.file) } : nil)
    }
    for (_, entry) in entries {
      if let entry { add(entry.file, entry.start, folder) }
    }
    for name in try SpoolFile.names(in: folder) where dumps[ByteString(name)] == nil {
      // A writer was killed between its dump and its line.
      if let start = SpoolFileName(name)?.start { add(name, start, folder) }
    }
  }

  private mutating func add(_ file: String, _ start: Timestamp, _ folder: String) {
    guard Self.isRemovable(file) else { return }
    let size = SpoolFile.size(of: folder + "/" + file)
    let known = dumps[ByteString(file)]?.start ?? start
    dumps[ByteString(file)] = Dump(file: file, start: max(known, start), size: size)
  }

  /// The size of all dumps in bytes.
  var size: Int128 { dumps.values.reduce(0) { $0 + Int128($1.size ?? 0) } }

  /// The oldest dumps, without which the others take at most `size` bytes.
  func oldest(leaving size: Int128) -> [Dump] {
    var rest = self.size
    return dumps.values.sorted { ($0.start, $0.file) < ($1.start, $1.file) }.prefix { dump in
      defer { rest -= Int128(dump.size ?? 0) }
      return rest > size
    }
  }

  /// The index without the lines of some dumps; all others are unchanged.
  func index(without removed: [Dump]) -> [UInt8] {
    let removed = Set(removed.map { ByteString($0.file) })
    var index: [UInt8] = []
    for line in lines where line.dump.map(removed.contains) != true {
      index += line.bytes
      index.append(UInt8(ascii: "\n"))
    }
    return index
  }
}

extension SpoolContents {
  /// The index without the lines that say the same as some entries, and the dumps that no line
  /// names any more.
  ///
  /// Left in are lines that name what a writer would not remove. Nil where there is no such line.
  static func removing(
    _ dumps: [SpoolEntry],
    from index: [UInt8]
  ) -> (index: [UInt8], files: [String])? {
    let removed = Set(dumps.map(NamedEntry.init))
    var (rest, files): ([UInt8], [String]) = ([], [])
    var named: Set<ByteString> = []
    for (bytes, entry) in entries(of: index[...]) {
      if let entry, isRemovable(entry.file), removed.contains(NamedEntry(entry)) {
        files.append(entry.file)
        continue
      }
      if let entry { named.insert(ByteString(plain(entry.file))) }
      rest += bytes
      // What a killed writer left of a line stays apart from whole ones.
      if bytes.endIndex < index.endIndex { rest.append(UInt8(ascii: "\n")) }
    }
    if files.isEmpty { return nil }
    return (rest, files.filter { !named.contains(ByteString($0)) })
  }

  /// An entry and the bytes of its name, since `String` takes two spellings of `é` for the same.
  private struct NamedEntry: Hashable {
    let file: ByteString
    let entry: SpoolEntry

    init(_ entry: SpoolEntry) {
      (file, self.entry) = (ByteString(entry.file), entry)
    }
  }

  /// A path without parts that lead nowhere: `./a.prof` is `a.prof`.
  static func plain(_ path: String) -> String {
    path.utf8.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
      .map { String(Substring($0)) }.joined(separator: "/")
  }

  /// The lines of a part of an index that are not empty, each with its entry if it can be read.
  static func entries(
    of index: ArraySlice<UInt8>
  ) -> [(bytes: ArraySlice<UInt8>, entry: SpoolEntry?)] {
    index.split(separator: UInt8(ascii: "\n")).map { ($0, try? SpoolEntry(line: $0)) }
  }

  /// Whether a dump is one that the writer may remove: an index must not make it reach for a file
  /// behind a link to another folder, or for the index itself.
  static func isRemovable(_ file: String) -> Bool {
    let name = file.utf8
    return !name.contains(UInt8(ascii: "/")) && !name.starts(with: DumpCatalog.indexName.utf8)
  }
}
