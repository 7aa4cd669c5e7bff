// SPDX-License-Identifier: Apache-2.0

#if Tools

/// A column of zeros but for some rows: their number, then for each the gap since the last one and
/// the value in zigzag.
enum SparseNumbers {
  /// The most bytes of a row: two varints.
  private static let longestRow = 20

  /// Appends the values, each less a number, if they take less than `limit` bytes; else leaves the
  /// bytes alone.
  static func append(
    _ values: Span<Int64>,
    less base: Int64,
    _ nonzeroCount: Int,
    below limit: Int,
    to bytes: inout [UInt8]
  ) -> Bool {
    let start = bytes.count
    var isShorter = true
    bytes.appendColumn(.sparse) { bytes in
      bytes.appendVarint(UInt64(nonzeroCount))
      var offset = bytes.count
      let end = start + ColumnSlot.headerLength + limit
      bytes.append(contentsOf: repeatElement(0, count: end + longestRow - offset))
      var target = bytes.mutableSpan
      var next = 0
      for row in values.indices where values[row] != base {
        guard offset < end else { break }
        target.storeVarint(UInt64(truncatingIfNeeded: row &- next), at: &offset)
        target.storeVarint((values[row] &- base).zigzag, at: &offset)
        next = row &+ 1
      }
      isShorter = offset < end
      bytes.removeLast(bytes.count - offset)
    }
    if !isShorter { bytes.removeLast(bytes.count - start) }
    return isShorter
  }
}

extension MutableSpan<UInt8> {
  /// Writes a number in LEB128, and moves on.
  @inline(__always)
  fileprivate mutating func storeVarint(_ value: UInt64, at offset: inout Int) {
    var rest = value
    while rest >= 0x80 {
      self[offset] = UInt8(truncatingIfNeeded: rest) | 0x80
      offset &+= 1
      rest &>>= 7
    }
    self[offset] = UInt8(truncatingIfNeeded: rest)
    offset &+= 1
  }
}

#endif
