// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

/// Checksums of the rows of dictionaries, each with the number of its row.
enum NameChecksum {
  /// CRC-32C of the bytes, then of the id in eight bytes.
  static func string(_ bytes: [UInt8], id: Int32) -> UInt32 {
    let sum = CRC32C.checksum(of: bytes.span)
    return CRC32C.checksum(of: UInt64(bitPattern: Int64(id)), continuing: sum)
  }

  /// Of a function: id, file, line, name and canonical function, eight bytes each.
  static func function(
    _ id: Int32,
    file: Int32,
    line: Int,
    name: Int32,
    canonical: Int32
  ) -> UInt32 {
    let words = (
      Int64(id).littleEndian, Int64(file).littleEndian, Int64(line).littleEndian,
      Int64(name).littleEndian, Int64(canonical).littleEndian
    )
    return CRC32C.checksum(ofWords: words)
  }

  static func edge(_ id: Int32, caller: Int32, callee: Int32) -> UInt32 {
    CRC32C.checksum(
      ofWords: (Int64(id).littleEndian, Int64(caller).littleEndian, Int64(callee).littleEndian)
    )
  }

  static func alias(_ function: Int32, of canonical: Int32) -> UInt32 {
    CRC32C.checksum(ofWords: (Int64(function).littleEndian, Int64(canonical).littleEndian))
  }

  /// Of a label set: its id, then its labels, keys and values with their lengths before them.
  static func labelSet(_ id: Int32, _ labels: [(key: [UInt8], value: [UInt8])]) -> UInt32 {
    var sum = CRC32C.checksum(ofWords: Int64(id).littleEndian)
    for label in labels {
      for text in [label.key, label.value] {
        sum = CRC32C.checksum(of: UInt64(text.count), continuing: sum)
        sum = CRC32C.checksum(of: text.span, continuing: sum)
      }
    }
    return sum
  }

  /// Of a setting in `meta`: key and value, each with its length before it.
  static func setting(_ key: String, _ value: String) -> UInt32 {
    labelSet(0, [(key: [UInt8](key.utf8), value: [UInt8](value.utf8))])
  }
}

#endif
