// SPDX-License-Identifier: Apache-2.0

/// A column of whole numbers: call counts, or times in the unit of the blob.
///
/// Columns of real profiles are of three sorts, and each has its encoding. Recursive calls and patches
/// are all zero, or all alike: five bytes. Calls beyond the first are zero but for some functions: a
/// gap and a value for each of these. Times differ in every row and by orders of magnitude: groups of
/// four in lengths that suit the column, which decode without a branch for each number. A general
/// compressor would have to unpack the columns that a question does not read as well.
///
/// Differences between columns wrap around at 64 bits on both ways, so no value is too large.
enum NumberColumn {
  /// Appends the values, each less a number, in the shortest of the ways that ``ColumnTag`` has.
  static func append(_ values: [Int64], less base: Int64 = 0, to bytes: inout [UInt8]) {
    let survey = NumberSurvey(values.span, less: base)
    // Tested first: recursive calls and patches are mostly constant, and no lengths are needed.
    guard !survey.isConstant else {
      return bytes.appendColumn(.constant) { bytes in
        if let value = values.first, value != base { bytes.appendZigzag(value &- base) }
      }
    }
    let lengths = GroupedNumbers.Lengths(for: survey.histogram)
    let size = lengths.size(of: survey.histogram)
    // A number that is there takes at least two bytes, for its gap and its value: writing the sparse
    // form to see how long it gets is only worth a try below that.
    let groupsSize = GroupedNumbers.headSize(of: values.count) + size
    if survey.nonzeroCount * 2 < groupsSize,
      SparseNumbers.append(
        values.span,
        less: base,
        survey.nonzeroCount,
        below: groupsSize,
        to: &bytes
      )
    {
      return
    }
    // Zigzag only where a number is negative: it doubles all of them, and makes some a byte longer.
    bytes.appendColumn(survey.isSigned ? .signedGroups : .groups) { bytes in
      GroupedNumbers.append(values.span, lengths, size: size, to: &bytes) {
        survey.isSigned ? ($0 &- base).zigzag : UInt64(bitPattern: $0 &- base)
      }
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

  init(_ values: Span<Int64>, less base: Int64) {
    let first = values.isEmpty ? 0 : values[0]
    // Two words answer both questions without a branch: bits that differ anywhere, and signs.
    var (different, signs): (Int64, Int64) = (0, 0)
    for row in values.indices {
      different |= values[row] ^ first
      signs |= values[row] &- base
    }
    isConstant = different == 0
    isSigned = signs < 0
    nonzeroCount = 0
    guard !isConstant else { return }
    // Signs in a loop of their own: most columns have none.
    histogram =
      isSigned
      ? Self.histogram(values) { ($0 &- base).zigzag }
      : Self.histogram(values) { UInt64(bitPattern: $0 &- base) }
    nonzeroCount = values.count - histogram[0]
  }

  /// Counts the lengths of words.
  ///
  /// Nine counters of seven bits share one register, since a counter in memory would have to be
  /// written before it is read again.
  @inline(__always)
  private static func histogram(
    _ values: Span<Int64>,
    word: (Int64) -> UInt64
  ) -> InlineArray<9, Int> {
    var histogram = InlineArray<9, Int>(repeating: 0)
    var start = 0
    while start < values.count {
      // After 127 numbers a counter of seven bits may be full.
      let end = min(start &+ 127, values.count)
      var counters: UInt64 = 0
      for row in start..<end {
        counters &+= 1 &<< UInt64(truncatingIfNeeded: 7 &* word(values[row]).byteLength)
      }
      for length in 0..<9 { histogram[length] += Int(counters &>> UInt64(7 * length) & 127) }
      start = end
    }
    return histogram
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
      // In a second pass, so that one decoder serves both tags and asks for no sign.
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
    // An empty payload is 0, so that the most frequent column is no more than its header.
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
    // The memory is that of the last column, whose values are still there.
    for row in values.indices { values[row] = 0 }
    var sparse = try SparseReader(bytes, slot, count: values.count)
    while let (row, value) = try sparse.next(bytes) { values[row] = value }
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
    // Each gap is compared with the rows that are left before it is added: neither a gap of 2⁶⁴ - 1
    // nor a count of more rows than there are can write outside the column.
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

// MARK: - Sparse columns

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
      // Room for all that can be written, since appending byte by byte would test for it each time:
      // a row starts before the limit, and is at most this much longer.
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
    // The caller then writes groups in its place.
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
