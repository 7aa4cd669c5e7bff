// SPDX-License-Identifier: Apache-2.0

/// Hashes with two secrets that each process draws: who wrote a dump cannot know what collides.
///
/// Each word is folded in by a multiplication to 128 bits whose halves are added without carry,
/// as wyhash does. The standard library's SipHash is stronger and took 40 % of the time of reading.
struct SeededHash: Sendable {
  private let start = Self.secrets.start
  private let multiplier = Self.secrets.multiplier

  /// Creates a hash with the secrets of this process.
  init() {}

  /// Drawn once: each draw is a system call, and a dump is read in the time of twenty.
  private static let secrets = (
    start: UInt64.random(in: 0 ... .max), multiplier: UInt64.random(in: 0 ... .max) | 1
  )

  /// The hash of a range of bytes.
  @inline(__always)
  func callAsFunction(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64 {
    withASCII(bytes, range).hash
  }

  /// The hash of a range of bytes, and whether none of them is above 127.
  @inline(__always)
  func withASCII(_ bytes: [UInt8], _ range: Range<Int>) -> (hash: UInt64, isASCII: Bool) {
    var state = start ^ UInt64(truncatingIfNeeded: range.count)
    // The last word overlaps the one before; the length is hashed, so nothing is ambiguous.
    let last =
      range.count < 8
      ? Self.shortWord(bytes, range) : bytes.load(UInt64.self, at: range.upperBound - 8)
    var bits = last
    var index = range.lowerBound
    while index < range.upperBound - 8 {
      let next = bytes.load(UInt64.self, at: index)
      bits |= next
      state = fold(state, next)
      index += 8
    }
    return (fold(state, last), bits & 0x8080_8080_8080_8080 == 0)
  }

  /// The hash of a function whose texts are in `bytes`.
  func callAsFunction(_ entry: FunctionTable.Entry, _ bytes: [UInt8]) -> UInt64 {
    self(
      file: self(bytes, entry.file.range),
      line: entry.line,
      name: self(bytes, entry.name.range)
    )
  }

  /// The hash of a function.
  func callAsFunction(_ function: Function) -> UInt64 {
    let (file, name) = (function.file.bytes, function.name.bytes)
    return self(file: self(file, file.indices), line: function.line, name: self(name, name.indices))
  }

  /// The hash of a function, given those of its texts.
  @inline(__always)
  func callAsFunction(file: UInt64, line: Int, name: UInt64) -> UInt64 {
    self(self(file, UInt64(bitPattern: Int64(line))), name)
  }

  /// The hash of two words.
  @inline(__always)
  func callAsFunction(_ first: UInt64, _ second: UInt64) -> UInt64 {
    let product = (start ^ first).multipliedFullWidth(by: multiplier ^ second)
    return product.high ^ product.low
  }

  @inline(__always)
  func fold(_ state: UInt64, _ word: UInt64) -> UInt64 {
    let product = (state ^ word).multipliedFullWidth(by: multiplier)
    return product.high ^ product.low
  }

  /// Fewer than eight bytes as one word, the first byte lowest.
  @inline(__always)
  static func shortWord(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64 {
    // Most texts are inside a file, where all eight can be loaded.
    if range.lowerBound + 8 <= bytes.count {
      return bytes.load(UInt64.self, at: range.lowerBound) & (1 << (8 * range.count) - 1)
    }
    return range.reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
  }
}
