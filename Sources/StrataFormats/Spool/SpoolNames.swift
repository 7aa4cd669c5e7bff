// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// What the lines of an index name, in eight bytes each: an index may be long.
struct SpoolNames {
  /// Hashes of the names; where two are alike, a dump that no line names counts as named.
  private var hashes: Set<Int> = []
  /// Hashes of what lines that cannot be read may name.
  private var doubtful: Set<Int> = []
  /// Whether there is a line that cannot be read and may name anything.
  private var mayNameAny = false

  /// Reads an index line by line.
  init(index path: String) throws(InputError) {
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
    DumpCatalog.suffixes.contains { name.suffix($0.utf8.count).elementsEqual($0.utf8) }
  }

  private static func hash(_ name: some Collection<UInt8>) -> Int {
    ByteString(Array(name)).hashValue
  }
}
