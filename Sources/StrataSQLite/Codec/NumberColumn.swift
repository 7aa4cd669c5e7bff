// SPDX-License-Identifier: Apache-2.0

#if Tools

/// A column of whole numbers: call counts, or times in the unit of the blob.
///
/// Differences between columns wrap around at 64 bits on both ways, so no value is too large.
enum NumberColumn {
  /// Appends the values in the shortest of the ways that ``ColumnTag`` has for them.
  static func append(_ values: [Int64], to bytes: inout [UInt8]) {
    let survey = NumberSurvey(values)
    guard !survey.isConstant else {
      return bytes.appendColumn(.constant) { bytes in
        if let value = values.first, value != 0 { bytes.appendZigzag(value) }
      }
    }
    let lengths = GroupedNumbers.Lengths(for: survey.histogram)
    let size = lengths.size(of: survey.histogram)
    // A number that is there takes a gap and a value: only few are worth a look.
    if survey.nonzeroCount * 2 < GroupedNumbers.headSize(of: values.count) + size,
      sparseSize(of: values) < GroupedNumbers.headSize(of: values.count) + size
    {
      return bytes.appendColumn(.sparse) { appendSparse(values, to: &$0) }
    }
    let words = values.map { survey.isSigned ? $0.zigzag : UInt64(bitPattern: $0) }
    bytes.appendColumn(survey.isSigned ? .signedGroups : .groups) { bytes in
      GroupedNumbers.append(words.span, lengths, size: size, to: &bytes)
    }
  }

  private static func sparseSize(of values: [Int64]) -> Int {
    var size = UInt64(values.count).varintLength
    var lastUsed = -1
    for (row, value) in values.enumerated() where value != 0 {
      size += UInt64(row - lastUsed - 1).varintLength + value.zigzag.varintLength
      lastUsed = row
    }
    return size
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

/// What the way of writing a column is chosen by.
private struct NumberSurvey {
  var isConstant: Bool
  var isSigned: Bool
  var nonzeroCount: Int
  /// How many numbers need 0 to 8 bytes, in zigzag if some are negative.
  var histogram = InlineArray<9, Int>(repeating: 0)

  init(_ values: [Int64]) {
    let first = values.first ?? 0
    var (different, signs): (Int64, Int64) = (0, 0)
    for value in values {
      different |= value ^ first
      signs |= value
    }
    isConstant = different == 0
    isSigned = signs < 0
    nonzeroCount = 0
    guard !isConstant else { return }
    for value in values {
      histogram[(isSigned ? value.zigzag : UInt64(bitPattern: value)).byteLength] += 1
    }
    nonzeroCount = values.count - histogram[0]
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
    var target = values.mutableSpan
    switch slot.tag {
    case .constant: try decodeConstant(bytes, slot, &target)
    case .sparse: try decodeSparse(bytes, slot, &target)
    case .groups: try GroupedNumbers.decode(bytes, slot, into: &target)
    case .signedGroups:
      try GroupedNumbers.decode(bytes, slot, into: &target)
      for row in target.indices { target[row] = Int64(zigzag: UInt64(bitPattern: target[row])) }
    case .floats, .runs, .steps: throw slot.unexpectedTag(for: "numbers")
    }
  }

  private static func decodeConstant(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    _ values: inout MutableSpan<Int64>
  ) throws(BlobError) {
    var offset = slot.payload.lowerBound
    var value: Int64 = 0
    if !slot.payload.isEmpty {
      value = Int64(zigzag: try readVarint(bytes, &offset, slot.payload.upperBound))
    }
    try slot.checkEnd(offset)
    for row in values.indices { values[row] = value }
  }

  private static func decodeSparse(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    _ values: inout MutableSpan<Int64>
  ) throws(BlobError) {
    for row in values.indices { values[row] = 0 }
    var sparse = try SparseReader(bytes, slot, count: values.count)
    while let (row, value) = try sparse.next(bytes) { values[row] = value }
  }

  /// Calls `body` with each row that a sparse column names.
  static func forEachSparse(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    count: Int,
    _ body: (_ row: Int, _ value: Int64) -> Void
  ) throws(BlobError) {
    var sparse = try SparseReader(bytes, slot, count: count)
    while let (row, value) = try sparse.next(bytes) { body(row, value) }
  }
}

/// The rows of a sparse column, one after the other.
private struct SparseReader {
  private let slot: ColumnSlot
  private let count: Int
  private var rest: UInt64
  private var row = -1
  private var offset: Int

  init(_ bytes: Span<UInt8>, _ slot: ColumnSlot, count: Int) throws(BlobError) {
    (self.slot, self.count) = (slot, count)
    offset = slot.payload.lowerBound
    rest = try readVarint(bytes, &offset, slot.payload.upperBound)
  }

  mutating func next(_ bytes: Span<UInt8>) throws(BlobError) -> (row: Int, value: Int64)? {
    guard rest > 0 else {
      try slot.checkEnd(offset)
      return nil
    }
    rest -= 1
    let gapOffset = offset
    let gap = try readVarint(bytes, &offset, slot.payload.upperBound)
    guard gap < UInt64(count - row - 1) else {
      throw BlobError(
        offset: gapOffset,
        expected: "one of \(count) rows",
        found: "a gap of \(gap) after row \(row)"
      )
    }
    row += 1 + Int(gap)
    return (row, Int64(zigzag: try readVarint(bytes, &offset, slot.payload.upperBound)))
  }
}

#endif
