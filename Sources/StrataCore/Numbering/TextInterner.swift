// SPDX-License-Identifier: Apache-2.0

/// The place of a text among others in one array of bytes.
package struct TextRange: Hashable, Sendable {
  private let start: UInt32
  private let length: UInt32

  /// Creates a place; arrays of texts hold less than 4 GiB.
  package init(_ range: Range<Int>) {
    precondition(range.upperBound <= UInt32.max, "more than 4 GiB of names")
    start = UInt32(range.lowerBound)
    length = UInt32(range.count)
  }

  /// The number of bytes.
  package var count: Int { Int(length) }

  /// The bytes.
  package var range: Range<Int> { Int(start)..<Int(start) + Int(length) }
}

/// Texts in one array of bytes, each once.
package struct TextInterner: Sendable {
  /// The bytes of all texts.
  package private(set) var bytes: [UInt8] = []
  private var ranges: [TextRange] = []
  private var numbers: HashIndex
  private let hash = SeededHash()

  /// Creates a table with room for some texts.
  package init(capacity: Int = 0) {
    numbers = HashIndex(capacity: capacity)
    ranges.reserveCapacity(capacity)
  }

  /// The place of a text of other bytes in the table; a new one is copied into it.
  package mutating func place(of text: [UInt8], _ range: Range<Int>) -> TextRange {
    let (number, isNew) = numbers.number(hash: hash(text, range)) {
      text.equals(range, bytes, ranges[Int($0)].range)
    }
    if isNew {
      ranges.append(TextRange(bytes.count..<bytes.count + range.count))
      bytes += text[range]
    }
    return ranges[Int(number)]
  }
}
