// SPDX-License-Identifier: Apache-2.0

#if Tools

/// How the payload of a column is written; a new way of writing takes a free number.
enum ColumnTag: UInt8 {
  /// One number for all rows (zigzag); an empty payload says 0.
  case constant = 0
  /// Zeros but for some rows: their number, then for each the gap since the last and the value.
  case sparse = 1
  /// A number a row, in one of four lengths; none is negative (``GroupedNumbers``).
  case groups = 2
  /// The same of numbers in zigzag.
  case signedGroups = 3
  /// The bits of a `Double` a row, eight bytes.
  case floats = 4
  /// Numbers that mostly follow one another: step (zigzag) and number of followers, alternately.
  case runs = 5
  /// The step from the number of the row before (zigzag).
  case steps = 6
}

/// Where in a blob a column is.
struct ColumnSlot {
  var tag: ColumnTag
  /// The payload, without tag and length.
  var payload: Range<Int>

  static let headerLength = 5

  /// Whether the column says nothing: all zeros.
  var isEmpty: Bool { tag == .constant && payload.isEmpty }

  func unexpectedTag(for content: String) -> BlobError {
    BlobError(
      offset: payload.lowerBound - ColumnSlot.headerLength,
      expected: "a tag for \(content)",
      found: "tag \(tag.rawValue)"
    )
  }

  /// Fails unless the decoder used the payload up to its last byte.
  func checkEnd(_ offset: Int) throws(BlobError) {
    guard offset == payload.upperBound else {
      throw BlobError(
        offset: offset,
        expected: "the end of the column",
        found: "\(payload.upperBound - offset) further bytes"
      )
    }
  }
}

extension [UInt8] {
  /// Appends a column whose payload `write` appends; tag and length come before it.
  mutating func appendColumn(_ tag: ColumnTag, _ write: (inout [UInt8]) -> Void) {
    append(tag.rawValue)
    let lengthOffset = count
    appendLittleEndian(UInt32(0))
    write(&self)
    let length = UInt32(count - lengthOffset - 4)
    for index in 0..<4 {
      self[lengthOffset + index] = UInt8(truncatingIfNeeded: length >> UInt32(8 * index))
    }
  }

  /// Appends a column of zeros.
  mutating func appendEmptyColumn() {
    appendColumn(.constant) { _ in }
  }
}

extension Array {
  /// Makes room for exactly `count` elements; those there keep any value.
  mutating func resize(to count: Int, filling element: Element) {
    if count <= self.count {
      removeLast(self.count - count)
    } else {
      append(contentsOf: repeatElement(element, count: count - self.count))
    }
  }
}

#endif
