// SPDX-License-Identifier: Apache-2.0

#if Tools

import CStrataSystem

/// The checksum at the end of each blob: CRC-32C (Castagnoli), as in RFC 3720 and RFC 9260.
///
/// It finds every burst of up to 32 flipped bits. A query checks every blob it reads, so it is the
/// processor's instruction that does it; where there is none, eight bytes are taken at a time, each
/// through a table of its own (Kounavis and Berry, "slicing by 8").
enum CRC32C {
  private static let tables = makeTables()

  /// The checksum of bytes, or of those that `before` is the checksum of, followed by these.
  static func checksum(of bytes: Span<UInt8>, continuing before: UInt32 = 0) -> UInt32 {
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
  static func checksum(of word: UInt64, continuing before: UInt32) -> UInt32 {
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
  static func checksum<Words: BitwiseCopyable>(ofWords words: Words) -> UInt32 {
    // SAFETY: the span is used while the words are there; being of one size, they have no gaps.
    unsafe withUnsafeBytes(of: words) { checksum(of: unsafe Span(_unsafeBytes: $0)) }
  }

  static func checksumByTables(
    of bytes: Span<UInt8>,
    continuing before: UInt32 = 0
  ) -> UInt32 {
    let tables = tables.span
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

#endif
