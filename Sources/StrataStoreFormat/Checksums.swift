// SPDX-License-Identifier: Apache-2.0

import CStrataSystem
import StrataCore

/// The checksum at the end of each blob: CRC-32C (Castagnoli), as in RFC 3720 and RFC 9260.
///
/// It finds every burst of up to 32 flipped bits. SQLite's own pages have no checksums unless it is
/// built with an extension, and a query that sums a damaged row would answer with a wrong number. So
/// every blob is checked when it is read. The processor's own instruction does it or, where there is
/// none, eight bytes are taken at a time, each through a table of its own (Kounavis and Berry,
/// "slicing by 8").
package enum CRC32C {
  private static let tables = makeTables()

  /// The checksum of bytes, or of those that `before` is the checksum of, followed by these.
  package static func checksum(of bytes: Span<UInt8>, continuing before: UInt32 = 0) -> UInt32 {
    var sum = before
    // SAFETY: the function reads the bytes of the span, as many as there are, and keeps none.
    let isDone = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe strata_crc32c(buffer.baseAddress, buffer.count, &sum) == 1
    }
    return isDone ? sum : checksumByTables(of: bytes, continuing: before)
  }

  /// The checksum of a word, lowest byte first, after what `before` is the checksum of.
  ///
  /// Rows have some ten of these; a loop over an array of them would allocate for each row.
  package static func checksum(of word: UInt64, continuing before: UInt32) -> UInt32 {
    var sum = before
    let isDone = unsafe withUnsafeBytes(of: word.littleEndian) { bytes in
      // SAFETY: the eight bytes of the word, which live until the closure returns.
      let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      return unsafe strata_crc32c(start, 8, &sum) == 1
    }
    guard !isDone else { return sum }
    return ~next(~before, word, tables.span)
  }

  /// The checksum of a tuple of words of 64 bits, each with its lowest byte first (`littleEndian`).
  ///
  /// A tuple is bytes on the stack, and one call: a question does this for each capture and each name.
  /// Inlinable, since in another module the generic function would look up its type each time.
  @inlinable
  package static func checksum<Words: BitwiseCopyable>(ofWords words: Words) -> UInt32 {
    // SAFETY: the span is used while the words are there; being of one size, they have no gaps.
    unsafe withUnsafeBytes(of: words) { checksum(of: unsafe Span(_unsafeBytes: $0)) }
  }

  static func checksumByTables(
    of bytes: Span<UInt8>,
    continuing before: UInt32 = 0
  ) -> UInt32 {
    let tables = tables.span
    // Complemented here and at the end, as CRC-32C demands, so that zero bytes at the start count.
    var sum = ~before
    var offset = 0
    while offset &+ 8 <= bytes.count {
      sum = next(sum, loadWord(bytes, at: offset), tables)
      offset &+= 8
    }
    while offset < bytes.count {
      sum = tables[Int(UInt8(truncatingIfNeeded: sum) ^ bytes[offset])] ^ (sum >> 8)
      offset &+= 1
    }
    return ~sum
  }

  @inline(__always)
  private static func next(_ sum: UInt32, _ word: UInt64, _ tables: Span<UInt32>) -> UInt32 {
    let mixed = word ^ UInt64(sum)
    var result: UInt32 = 0
    for position in 0..<8 {
      let byte = UInt8(truncatingIfNeeded: mixed >> UInt64(8 &* position))
      // SAFETY: there are eight tables of 256, and the position is 0 to 7.
      result ^= unsafe tables[unchecked: (7 &- position) << 8 | Int(byte)]
    }
    return result
  }

  /// Table 0 advances the checksum by one byte, table *n* by *n* further zero bytes.
  private static func makeTables() -> [UInt32] {
    let reversedPolynomial: UInt32 = 0x82F6_3B78
    var tables = (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte)) { sum, _ in
        sum & 1 == 1 ? sum >> 1 ^ reversedPolynomial : sum >> 1
      }
    }
    for index in 256..<8 * 256 {
      let previous = tables[index - 256]
      tables.append(tables[Int(previous & 0xFF)] ^ (previous >> 8))
    }
    return tables
  }
}

/// Checksums of the rows of dictionaries, each with the number of its row.
///
/// The number is part of each: a page that a disk wrote to the wrong place holds whole rows, whose
/// contents match their own checksums. Only the row's number shows that they belong elsewhere.
package enum NameChecksum {
  /// CRC-32C of the bytes, then of the id in eight bytes.
  package static func string(_ bytes: [UInt8], id: Int32) -> UInt32 {
    let sum = CRC32C.checksum(of: bytes.span)
    return CRC32C.checksum(of: UInt64(bitPattern: Int64(id)), continuing: sum)
  }

  /// Of a function: id, file, line, name and canonical function, eight bytes each.
  package static func function(
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

  /// Of an edge: id, caller and callee, eight bytes each.
  package static func edge(_ id: Int32, caller: Int32, callee: Int32) -> UInt32 {
    CRC32C.checksum(
      ofWords: (Int64(id).littleEndian, Int64(caller).littleEndian, Int64(callee).littleEndian)
    )
  }

  /// Of a function and its canonical one, to be tallied: no row can show that another is missing.
  package static func alias(_ function: Int32, of canonical: Int32) -> UInt32 {
    CRC32C.checksum(ofWords: (Int64(function).littleEndian, Int64(canonical).littleEndian))
  }

  /// Of a label set: its id, then its labels, keys and values with their lengths before them.
  ///
  /// Without the lengths, `ab=c` and `a=bc` would have one checksum.
  package static func labelSet(_ id: Int32, _ labels: [(key: [UInt8], value: [UInt8])]) -> UInt32 {
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
  package static func setting(_ key: String, _ value: String) -> UInt32 {
    labelSet(0, [(key: [UInt8](key.utf8), value: [UInt8](value.utf8))])
  }
}
