// SPDX-License-Identifier: Apache-2.0

/// Where a text stands among others in one array of bytes.
package struct TextRange: Hashable, Sendable {
  private let start: UInt32
  private let length: UInt32

  /// Creates a place; arrays of texts hold less than 4 GiB.
  package init(_ range: Range<Int>) {
    start = UInt32(range.lowerBound)
    length = UInt32(range.count)
  }

  /// The number of bytes.
  package var count: Int { Int(length) }

  /// The bytes.
  package var range: Range<Int> { Int(start)..<Int(start) + Int(length) }
}

/// Texts in one array of bytes, each with a number: two that are equal have the same one.
package struct TextTable: Sendable {
  /// The bytes of all texts, and maybe others between them.
  package private(set) var bytes: [UInt8]
  /// Where the texts stand, in the order of their numbers.
  package private(set) var ranges: [TextRange] = []
  private var numbers: NumberTable
  private let hash = SeededHash()

  /// Creates a table with room for some texts, over bytes in which texts will be found.
  package init(_ bytes: [UInt8] = [], capacity: Int = 0) {
    self.bytes = bytes
    numbers = NumberTable(capacity: capacity)
    ranges.reserveCapacity(capacity)
  }

  /// The number of the text in a range of the table's own bytes.
  package mutating func number(_ range: Range<Int>) -> Int32 {
    let (number, isNew) = numbers.number(hash: hash(bytes, range)) {
      bytes.equals(range, bytes, ranges[Int($0)].range)
    }
    if isNew { ranges.append(TextRange(range)) }
    return number
  }

  /// The number of a text that stands elsewhere; a new one is copied.
  package mutating func number(of text: [UInt8], _ range: Range<Int>) -> Int32 {
    let (number, isNew) = numbers.number(hash: hash(text, range)) {
      text.equals(range, bytes, ranges[Int($0)].range)
    }
    if isNew {
      ranges.append(TextRange(bytes.count..<bytes.count + range.count))
      bytes += text[range]
    }
    return number
  }
}
