// SPDX-License-Identifier: Apache-2.0

/// Reads code points from the bytes of a name, whatever they are.
///
/// Lone surrogates may be written as three bytes (`ED A0 80`...). A byte that belongs to no code
/// point is U+DC00 plus the byte, as in Python's `surrogateescape`. What it says to be a surrogate is therefore what UTF-8 cannot
/// express.
package enum CodePointDecoder {
  /// The code points of bytes.
  package static func codePoints(of bytes: [UInt8]) -> [UInt32] {
    var codePoints: [UInt32] = []
    codePoints.reserveCapacity(bytes.count)
    var offset = 0
    while offset < bytes.count {
      let (value, length) = decode(bytes, at: offset)
      codePoints.append(value)
      offset += length
    }
    return codePoints
  }

  /// The code point that begins at an offset within the bytes, and its length.
  @inlinable
  package static func decode(_ bytes: [UInt8], at offset: Int) -> (value: UInt32, length: Int) {
    let first = bytes[offset]
    guard first >= 0x80 else { return (UInt32(first), 1) }
    let invalid = (0xDC00 + UInt32(first), 1)
    guard let (length, second) = shape(of: first), offset + length <= bytes.count,
      second.contains(bytes[offset + 1])
    else { return invalid }
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for byte in bytes[offset + 1..<offset + length] {
      guard byte & 0xC0 == 0x80 else { return invalid }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    return (value, length)
  }

  /// How long a code point is that starts with a byte, and what its second byte may be.
  ///
  /// The Unicode Standard, table 3-7, but with surrogates allowed.
  @inlinable
  package static func shape(
    of first: UInt8
  ) -> (length: Int, second: ClosedRange<UInt8>)? {
    switch first {
    case 0xC2...0xDF: (2, 0x80...0xBF)
    case 0xE0: (3, 0xA0...0xBF)
    case 0xE1...0xEF: (3, 0x80...0xBF)
    case 0xF0: (4, 0x90...0xBF)
    case 0xF1...0xF3: (4, 0x80...0xBF)
    case 0xF4: (4, 0x80...0x8F)
    default: nil
    }
  }
}
