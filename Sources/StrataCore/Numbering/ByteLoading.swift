// SPDX-License-Identifier: Apache-2.0

/// The one place where bytes are read as wider integers.
extension [UInt8] {
  /// The integer at an offset, least significant byte first.
  @inlinable @inline(__always)
  package func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T {
    precondition(offset >= 0 && offset <= count - MemoryLayout<T>.size, "\(offset) of \(count)")
    // SAFETY: the bytes are inside the array, and every bit pattern is a T.
    return unsafe withUnsafeBytes {
      T(littleEndian: unsafe $0.loadUnaligned(fromByteOffset: offset, as: T.self))
    }
  }

  /// Whether no byte of a range is above 127.
  @inlinable
  package func isASCII(_ range: Range<Int>) -> Bool {
    guard range.count >= 8 else { return self[range].allSatisfy { $0 < 0x80 } }
    var bits = load(UInt64.self, at: range.upperBound - 8)
    var index = range.lowerBound
    while index < range.upperBound - 8 {
      bits |= load(UInt64.self, at: index)
      index += 8
    }
    return bits & 0x8080_8080_8080_8080 == 0
  }

  /// Whether a range holds the same bytes as another array.
  @inlinable
  package func equals(_ range: Range<Int>, _ other: [UInt8]) -> Bool {
    guard range.count == other.count else { return false }
    var index = 0
    while index + 8 <= other.count {
      let word = load(UInt64.self, at: range.lowerBound + index)
      guard word == other.load(UInt64.self, at: index) else { return false }
      index += 8
    }
    while index < other.count {
      guard self[range.lowerBound + index] == other[index] else { return false }
      index += 1
    }
    return true
  }
}
