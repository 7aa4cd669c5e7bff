// SPDX-License-Identifier: Apache-2.0

/// Eight bytes, the first one lowest.
///
/// - Precondition: `offset + 8 <= bytes.count`.
@inlinable
@inline(__always)
package func loadWord(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
  precondition(offset >= 0 && offset &+ 8 <= bytes.count, "word at \(offset) is out of bounds")
  // SAFETY: the line above proves that the eight bytes are inside, and any bits are a UInt64.
  return unsafe UInt64(
    littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
  )
}

/// Reads a number in LEB128 (seven bits a byte, the lowest first) that ends before `end`.
///
/// Most numbers of a column take one or two bytes, and which is random: a loop over bytes mispredicts
/// its end about every second time. Eight bytes are loaded at once instead, and the stop bit is found
/// by counting zeros, without a branch.
@inline(__always)
func readVarint(
  _ bytes: Span<UInt8>,
  _ offset: inout Int,
  _ end: Int
) throws(BlobError) -> UInt64 {
  guard end &- offset >= 8 else { return try readVarintBytewise(bytes, &offset, end) }
  let word = loadWord(bytes, at: offset)
  let stops = ~word & 0x8080_8080_8080_8080
  // Eight bytes without an end: a number of nine or ten.
  guard stops != 0 else { return try readVarintBytewise(bytes, &offset, end) }
  let bits = stops.trailingZeroBitCount &+ 1
  offset &+= bits >> 3
  return joinSevenBitGroups(word & (~0 >> UInt64(64 &- bits)))
}

/// Moves the seven low bits of each byte together, in three steps instead of eight.
@inline(__always)
private func joinSevenBitGroups(_ word: UInt64) -> UInt64 {
  var joined = word
  joined = (joined & 0x007F_007F_007F_007F) | (joined & 0x7F00_7F00_7F00_7F00) >> 1
  joined = (joined & 0x0000_3FFF_0000_3FFF) | (joined & 0x3FFF_0000_3FFF_0000) >> 2
  return (joined & 0x0FFF_FFFF) | (joined & 0x0FFF_FFFF_0000_0000) >> 4
}

/// The way for the last bytes of a column and for numbers of nine or ten bytes.
private func readVarintBytewise(
  _ bytes: Span<UInt8>,
  _ offset: inout Int,
  _ end: Int
) throws(BlobError) -> UInt64 {
  let start = offset
  var value: UInt64 = 0
  var shift: UInt64 = 0
  while offset < end {
    let byte = bytes[offset]
    offset += 1
    // The tenth byte has room for the last bit alone: others would be lost without notice.
    guard shift < 63 || byte <= 1 else {
      throw BlobError(offset: start, expected: "a number of 64 bits", found: "a longer one")
    }
    value |= UInt64(byte & 0x7F) << shift
    if byte < 0x80 { return value }
    shift += 7
  }
  throw .truncated(at: start, expected: "a number")
}

extension [UInt8] {
  /// Appends a number in LEB128.
  package mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  /// Appends a number of either sign in LEB128.
  mutating func appendZigzag(_ value: Int64) {
    appendVarint(value.zigzag)
  }

  /// Appends the lowest byte first, as every number of fixed width in a blob.
  @inlinable
  package mutating func appendLittleEndian(_ value: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}

extension Int64 {
  /// 0, -1, 1, -2… as 0, 1, 2, 3…: small numbers of either sign stay short.
  @inline(__always)
  var zigzag: UInt64 { UInt64(bitPattern: (self &<< 1) ^ (self &>> 63)) }

  @inline(__always)
  init(zigzag value: UInt64) {
    self = Int64(bitPattern: value &>> 1) ^ -Int64(bitPattern: value & 1)
  }
}

extension UInt64 {
  /// How many bytes the number takes in LEB128.
  @inline(__always)
  var varintLength: Int { (70 &- (self | 1).leadingZeroBitCount) / 7 }
}
