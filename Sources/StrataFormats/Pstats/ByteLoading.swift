// SPDX-License-Identifier: Apache-2.0

/// The one place where bytes are read as wider integers.
extension [UInt8] {
  /// The integer at an offset, least significant byte first.
  @inline(__always)
  func load<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T {
    precondition(offset >= 0 && offset <= count - MemoryLayout<T>.size, "\(offset) of \(count)")
    // SAFETY: the bytes are inside the array, and every bit pattern is a T.
    return unsafe withUnsafeBytes {
      T(littleEndian: unsafe $0.loadUnaligned(fromByteOffset: offset, as: T.self))
    }
  }

  /// Whether no byte of a range is above 127.
  func isASCII(_ range: Range<Int>) -> Bool {
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
  func equals(_ range: Range<Int>, _ other: [UInt8]) -> Bool {
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

/// Hashes with two secrets that each process draws: who wrote a dump cannot know what collides.
///
/// Each word is folded in by a multiplication to 128 bits whose halves are added without carry,
/// as wyhash does. The standard library's SipHash is stronger and took 40 % of the time of reading.
struct SeededHash {
  private let start = Self.secrets.start
  private let multiplier = Self.secrets.multiplier

  /// Drawn once: each draw is a system call, and a dump is read in the time of twenty.
  private static let secrets = (
    start: UInt64.random(in: 0 ... .max), multiplier: UInt64.random(in: 0 ... .max) | 1
  )

  /// The hash of a range of bytes.
  @inline(__always)
  func callAsFunction(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64 {
    var state = start ^ UInt64(truncatingIfNeeded: range.count)
    guard range.count >= 8 else { return fold(state, Self.shortWord(bytes, range)) }
    var index = range.lowerBound
    while index < range.upperBound - 8 {
      state = fold(state, bytes.load(UInt64.self, at: index))
      index += 8
    }
    // The last word overlaps the one before; the length is hashed, so nothing is ambiguous.
    return fold(state, bytes.load(UInt64.self, at: range.upperBound - 8))
  }

  /// The hash of two words.
  @inline(__always)
  func callAsFunction(_ first: UInt64, _ second: UInt64) -> UInt64 {
    let product = (start ^ first).multipliedFullWidth(by: multiplier ^ second)
    return product.high ^ product.low
  }

  @inline(__always)
  private func fold(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ word).multipliedFullWidth(by: multiplier)
    return product.high ^ product.low
  }

  /// Fewer than eight bytes as one word.
  private static func shortWord(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64 {
    var word: UInt64 = 0
    for index in range { word = word << 8 | UInt64(bytes[index]) }
    return word
  }
}
