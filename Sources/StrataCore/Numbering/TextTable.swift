// SPDX-License-Identifier: Apache-2.0

/// The texts of one dump or of several, each once.
package struct TextTable: Sendable {
  /// The texts in the order of their numbers.
  package private(set) var list: [ByteString] = []
  /// The bytes of all texts together.
  package private(set) var byteCount = 0
  private var numbers: NumberTable
  private let hash = SeededHash()

  /// Creates a table with room for some texts.
  package init(capacity: Int) {
    numbers = NumberTable(capacity: capacity)
    list.reserveCapacity(capacity)
  }

  /// The number of the text in a range of bytes.
  package mutating func number(_ bytes: [UInt8], _ range: Range<Int>) -> Int32 {
    let (number, isNew) = numbers.number(hash: hash(bytes, range)) {
      bytes.equals(range, list[Int($0)].bytes)
    }
    if isNew {
      list.append(ByteString(Array(bytes[range])))
      byteCount += range.count
    }
    return number
  }
}
