// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// What the lines of an index name.
struct SpoolNames {
  /// The names by their bytes: `String` takes two spellings of `é` for the same.
  private var names: Set<ByteString> = []
  /// The lines that cannot be read.
  private var unreadable: [ArraySlice<UInt8>] = []

  init(index: [UInt8]) {
    for (bytes, entry) in SpoolContents.entries(of: index[...]) {
      if let entry {
        names.insert(ByteString(SpoolContents.plain(entry.file)))
      } else {
        unreadable.append(bytes)
      }
    }
  }

  /// Whether a line names a dump of the folder, or may do so.
  ///
  /// - Complexity: O(1), or O(*n* · *m*) in the bytes of the lines that cannot be read and of the name.
  func contains(_ file: String) -> Bool {
    if names.contains(ByteString(file)) { return true }
    return unreadable.contains { line in
      // It may write its name with escapes.
      line.contains(UInt8(ascii: "\\"))
        || line.indices.contains { line[$0...].starts(with: file.utf8) }
    }
  }
}
