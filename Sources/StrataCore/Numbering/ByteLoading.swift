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

  /// Whether a range holds the same bytes as a range of another array.
  @inlinable
  package func equals(_ range: Range<Int>, _ other: [UInt8], _ otherRange: Range<Int>) -> Bool {
    let count = range.count
    guard count == otherRange.count else { return false }
    let (start, otherStart) = (range.lowerBound, otherRange.lowerBound)
    guard count >= 8 else {
      return (0..<count).allSatisfy { self[start + $0] == other[otherStart + $0] }
    }
    var index = 0
    while index < count - 8 {
      let word = load(UInt64.self, at: start + index)
      guard word == other.load(UInt64.self, at: otherStart + index) else { return false }
      index += 8
    }
    // The last word may overlap the one before.
    return load(UInt64.self, at: start + count - 8)
      == other.load(UInt64.self, at: otherStart + count - 8)
  }
}
