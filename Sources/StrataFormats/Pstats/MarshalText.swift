// SPDX-License-Identifier: Apache-2.0

/// The ways in which marshal files hold text, each turned into UTF-8 with lone surrogates.
enum MarshalText {
  /// The offset of the first byte that is not UTF-8; surrogates in three bytes are allowed on
  /// request (Python's `surrogatepass`).
  static func firstInvalidUTF8(
    in bytes: [UInt8],
    _ range: Range<Int>,
    allowingSurrogates: Bool
  ) -> Int? {
    var index = range.lowerBound
    while index < range.upperBound {
      if bytes[index] < 0x80 {
        index += 1
        continue
      }
      let length = sequenceLength(
        in: bytes,
        index..<range.upperBound,
        allowingSurrogates: allowingSurrogates
      )
      if length == 0 { return index }
      index += length
    }
    return nil
  }

  /// The length of the sequence of several bytes at the start of a range; 0 where it is none.
  ///
  /// Source: the table of well-formed UTF-8 byte sequences, Unicode 16, table 3-7.
  private static func sequenceLength(
    in bytes: [UInt8],
    _ range: Range<Int>,
    allowingSurrogates: Bool
  ) -> Int {
    let first = bytes[range.lowerBound]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xbf
    switch first {
    case 0xc2...0xdf: length = 2
    case 0xe0: (length, second) = (3, 0xa0...0xbf)
    case 0xed: (length, second) = (3, allowingSurrogates ? second : 0x80...0x9f)
    case 0xe1...0xef: length = 3
    case 0xf0: (length, second) = (4, 0x90...0xbf)
    case 0xf1...0xf3: length = 4
    case 0xf4: (length, second) = (4, 0x80...0x8f)
    default: return 0
    }
    guard range.count >= length, second.contains(bytes[range.lowerBound + 1]) else { return 0 }
    for index in 2..<max(length, 2) where bytes[range.lowerBound + index] & 0xc0 != 0x80 {
      return 0
    }
    return length
  }

  /// Latin-1 as UTF-8.
  static func latin1(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    bytes.flatMap { $0 < 0x80 ? [$0] : [0xc0 | $0 >> 6, 0x80 | $0 & 0x3f] }
  }

  /// Bytes of Python 2 as text: UTF-8, and each byte that is none as a lone surrogate U+DC80 to
  /// U+DCFF, as Python's `surrogateescape` does.
  static func escapingInvalidUTF8(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8] {
    var text: [UInt8] = []
    var index = range.lowerBound
    while let invalid = firstInvalidUTF8(
      in: bytes,
      index..<range.upperBound,
      allowingSurrogates: false
    ) {
      text += bytes[index..<invalid]
      text += [0xed, 0xb0 | bytes[invalid] >> 6, 0x80 | bytes[invalid] & 0x3f]
      index = invalid + 1
    }
    return text + bytes[index..<range.upperBound]
  }
}
