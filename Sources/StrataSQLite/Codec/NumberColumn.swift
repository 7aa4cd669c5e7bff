// SPDX-License-Identifier: Apache-2.0

#if Tools

/// A column of whole numbers: call counts, or times in the unit of the blob.
///
/// Differences between columns wrap around at 64 bits on both ways, so no value is too large.
enum NumberColumn {
  /// Appends the values in the shortest of the ways that ``ColumnTag`` has for them.
  static func append(_ values: [Int64], to bytes: inout [UInt8]) {
    switch shortestTag(for: values) {
    case .constant:
      bytes.appendColumn(.constant) { bytes in
        if let value = values.first, value != 0 { bytes.appendZigzag(value) }
      }
    case .sparse:
      bytes.appendColumn(.sparse) { appendSparse(values, to: &$0) }
    case .zigzags:
      bytes.appendColumn(.zigzags) { bytes in
        for value in values { bytes.appendZigzag(value) }
      }
    default:
      bytes.appendColumn(.varints) { bytes in
        for value in values { bytes.appendVarint(UInt64(bitPattern: value)) }
      }
    }
  }

  private static func shortestTag(for values: [Int64]) -> ColumnTag {
    guard let first = values.first, values.contains(where: { $0 != first }) else {
      return .constant
    }
    var plain = 0
    var zigzag = 0
    var sparse = 0
    var lastUsed = -1
    var hasNegative = false
    for (row, value) in values.enumerated() {
      plain += UInt64(bitPattern: value).varintLength
      zigzag += value.zigzag.varintLength
      hasNegative = hasNegative || value < 0
      guard value != 0 else { continue }
      sparse += UInt64(row - lastUsed - 1).varintLength + value.zigzag.varintLength
      lastUsed = row
    }
    let dense = hasNegative ? zigzag : plain
    // A sparse column is a little faster to read, but one more number to write.
    if sparse + 4 < dense { return .sparse }
    return hasNegative ? .zigzags : .varints
  }

  private static func appendSparse(_ values: [Int64], to bytes: inout [UInt8]) {
    bytes.appendVarint(UInt64(values.count { $0 != 0 }))
    var lastUsed = -1
    for (row, value) in values.enumerated() where value != 0 {
      bytes.appendVarint(UInt64(row - lastUsed - 1))
      bytes.appendZigzag(value)
      lastUsed = row
    }
  }
}

extension NumberColumn {
  /// Reads `count` values; the array's memory is used again.
  static func decode(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    count: Int,
    into values: inout [Int64]
  ) throws(BlobError) {
    values.resize(to: count, filling: 0)
    switch slot.tag {
    case .constant: try decodeConstant(bytes, slot, &values)
    case .varints: try decodeVarints(bytes, slot, &values)
    case .zigzags: try decodeZigzags(bytes, slot, &values)
    case .sparse: try decodeSparse(bytes, slot, &values)
    case .floats, .runs, .steps: throw slot.unexpectedTag(for: "numbers")
    }
  }

  private static func decodeConstant(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    _ values: inout [Int64]
  ) throws(BlobError) {
    var offset = slot.payload.lowerBound
    var value: Int64 = 0
    if !slot.payload.isEmpty {
      value = Int64(zigzag: try readVarint(bytes, &offset, slot.payload.upperBound))
    }
    try slot.checkEnd(offset)
    for row in values.indices { values[row] = value }
  }

  private static func decodeVarints(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    _ values: inout [Int64]
  ) throws(BlobError) {
    var offset = slot.payload.lowerBound
    let end = slot.payload.upperBound
    var target = values.mutableSpan
    for row in target.indices {
      target[row] = Int64(bitPattern: try readVarint(bytes, &offset, end))
    }
    try slot.checkEnd(offset)
  }

  private static func decodeZigzags(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    _ values: inout [Int64]
  ) throws(BlobError) {
    var offset = slot.payload.lowerBound
    let end = slot.payload.upperBound
    var target = values.mutableSpan
    for row in target.indices {
      target[row] = Int64(zigzag: try readVarint(bytes, &offset, end))
    }
    try slot.checkEnd(offset)
  }

  private static func decodeSparse(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    _ values: inout [Int64]
  ) throws(BlobError) {
    for row in values.indices { values[row] = 0 }
    try forEachSparse(bytes, slot, count: values.count) { row, value in values[row] = value }
  }

  /// Calls `body` with each row that a sparse column names.
  static func forEachSparse(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    count: Int,
    _ body: (_ row: Int, _ value: Int64) -> Void
  ) throws(BlobError) {
    var offset = slot.payload.lowerBound
    let end = slot.payload.upperBound
    let used = try readVarint(bytes, &offset, end)
    var row = -1
    for _ in 0..<used {
      let gapOffset = offset
      let gap = try readVarint(bytes, &offset, end)
      guard gap < UInt64(count - row - 1) else {
        throw BlobError(
          offset: gapOffset,
          expected: "one of \(count) rows",
          found: "a gap of \(gap) after row \(row)"
        )
      }
      row += 1 + Int(gap)
      body(row, Int64(zigzag: try readVarint(bytes, &offset, end)))
    }
    try slot.checkEnd(offset)
  }
}

#endif
