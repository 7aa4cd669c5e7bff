// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Reads the primitive values of a marshal file from front to back, never past its end.
struct MarshalCursor {
  /// The whole file.
  let bytes: [UInt8]
  /// The offset of the next byte to read.
  var offset = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Reads one byte.
  @inline(__always)
  mutating func byte(_ what: StaticString) throws(FormatError) -> UInt8 {
    guard offset < bytes.count else { throw truncated(what, length: 1) }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// Reads a fixed-width integer, least significant byte first.
  @inline(__always)
  mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type,
    _ what: StaticString
  ) throws(FormatError) -> T {
    let size = MemoryLayout<T>.size
    guard bytes.count - offset >= size else { throw truncated(what, length: size) }
    defer { offset += size }
    return bytes.load(T.self, at: offset)
  }

  /// Reads a 64-bit float.
  @inline(__always)
  mutating func float() throws(FormatError) -> Double {
    Double(bitPattern: try integer(UInt64.self, "a float"))
  }

  /// Reads a size, which must not be negative.
  mutating func size(of what: StaticString) throws(FormatError) -> Int {
    let start = offset
    let size = try integer(Int32.self, "a size")
    guard size >= 0 else {
      throw FormatError(
        pstats: .malformed,
        at: start,
        expected: "the size of \(what)",
        found: "the negative \(size)"
      )
    }
    return Int(size)
  }

  /// Skips a number of bytes and returns where they are.
  @inline(__always)
  mutating func range(_ length: Int, _ what: StaticString) throws(FormatError) -> Range<Int> {
    guard bytes.count - offset >= length else { throw truncated(what, length: length) }
    defer { offset += length }
    return offset..<(offset + length)
  }

  /// Checks that a range is UTF-8, in which Python 3 allows surrogates (`surrogatepass`).
  func checkUTF8(_ range: Range<Int>) throws(FormatError) {
    guard
      let invalid = MarshalText.firstInvalidUTF8(in: bytes, range, allowingSurrogates: true)
    else { return }
    throw FormatError(
      pstats: .malformed,
      at: invalid,
      expected: "UTF-8",
      found: "byte 0x\(String(bytes[invalid], radix: 16))"
    )
  }

  private func truncated(_ what: StaticString, length: Int) -> FormatError {
    FormatError(
      pstats: .truncated,
      at: bytes.count,
      expected: "\(length) byte\(length == 1 ? "" : "s") of \(what) that begins at byte \(offset)",
      found: "the end of the file"
    )
  }
}

extension MarshalCursor {
  /// Reads a number of 15-bit digits, least significant first; nil where 127 bits do not hold it.
  mutating func long() throws(FormatError) -> Int128? {
    let start = offset
    let signedCount = try integer(Int32.self, "a size")
    let count = Int(signedCount.magnitude)
    var value: UInt128 = 0
    var fits = true
    for index in 0..<count {
      let digit = try integer(UInt16.self, "a digit of an int")
      guard digit < 1 << 15, digit != 0 || index < count - 1 else {
        throw FormatError(
          pstats: .malformed,
          at: offset - 2,
          expected: "a digit of 15 bits, the last one not 0",
          found: "\(digit)"
        )
      }
      // Eight digits are 120 bits; the ninth has room for seven.
      if index > 8 || (index == 8 && digit >= 1 << 7) { fits = false }
      if fits { value |= UInt128(digit) << UInt128(15 * index) }
    }
    guard start + 4 + 2 * count <= bytes.count, fits else { return nil }
    let magnitude = Int128(value)
    return signedCount < 0 ? -magnitude : magnitude
  }

  /// Reads a float written in decimal digits (versions 0 and 1).
  mutating func textFloat() throws(FormatError) -> Double {
    let start = offset
    let length = Int(try byte("the size of a float"))
    let range = try range(length, "a float")
    let text = String(decoding: bytes[range], as: UTF8.self)
    // Swift also reads hexadecimal floats, which Python does not.
    guard !text.utf8.contains(where: { $0 == UInt8(ascii: "x") || $0 == UInt8(ascii: "X") }),
      let value = Double(text)
    else {
      throw FormatError(
        pstats: .malformed,
        at: start,
        expected: "the digits of a float",
        found: "'\(text)'"
      )
    }
    return value
  }
}
