// SPDX-License-Identifier: Apache-2.0

#if Tools

/// The figures of functions or of edges as whole numbers in one unit, a column for each.
///
/// Times in callees and recursive calls are what cumulative times and calls are more than self
/// times and primitive calls: mostly nothing. Differences wrap around at 64 bits, and back.
struct FigureTicks: Equatable {
  var selfTimes: [Int64] = []
  /// Cumulative less self times; with times in seconds the bits of the cumulative times.
  var calleeTimes: [Int64] = []
  var callCounts: [Int64] = []
  var recursiveCallCounts: [Int64] = []

  var count: Int { selfTimes.count }

  /// All columns, for what is done to each alike.
  static var columns: [WritableKeyPath<FigureTicks, [Int64]>] {
    [\.selfTimes, \.calleeTimes, \.callCounts, \.recursiveCallCounts]
  }

  /// The figures of some rows alone.
  func rows(_ kept: [Int32]) -> FigureTicks {
    FigureTicks(
      selfTimes: Self.values(selfTimes.span, at: kept),
      calleeTimes: Self.values(calleeTimes.span, at: kept),
      callCounts: Self.values(callCounts.span, at: kept),
      recursiveCallCounts: Self.values(recursiveCallCounts.span, at: kept)
    )
  }

  private static func values(_ column: Span<Int64>, at rows: [Int32]) -> [Int64] {
    rows.map { column[Int($0)] }
  }

  /// What the figures of a function are more than those of a range of its edges.
  func rest(of function: Int, after edges: Range<Int32>, of ticks: FigureTicks) -> Row {
    var rest = Row(self, function)
    for edge in edges { rest.subtract(Row(ticks, Int(edge))) }
    return rest
  }

  /// The figures of one row.
  struct Row: Equatable {
    var selfTime: Int64
    var calleeTime: Int64
    var callCount: Int64
    var recursiveCallCount: Int64

    @inline(__always)
    init(_ ticks: FigureTicks, _ index: Int) {
      selfTime = ticks.selfTimes[index]
      calleeTime = ticks.calleeTimes[index]
      callCount = ticks.callCounts[index]
      recursiveCallCount = ticks.recursiveCallCounts[index]
    }

    @inline(__always)
    mutating func subtract(_ other: Row) {
      selfTime &-= other.selfTime
      calleeTime &-= other.calleeTime
      callCount &-= other.callCount
      recursiveCallCount &-= other.recursiveCallCount
    }
  }
}

// MARK: - Columns

extension FigureTicks {
  /// Self times alone: what most questions are about.
  func selfTimeBlob(_ unit: TimeUnit) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(SealedBlob.usualSize(rows: count, columns: 1))
    Self.appendTimes(selfTimes, unit, to: &bytes)
    return SealedBlob.sealed(bytes)
  }

  /// The other figures of functions.
  func figureBlob(_ unit: TimeUnit, patches: [Int64]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(SealedBlob.usualSize(rows: count, columns: 1))
    appendFigures(unit, to: &bytes)
    NumberColumn.append(patches, to: &bytes)
    return SealedBlob.sealed(bytes)
  }

  func appendFigures(_ unit: TimeUnit, to bytes: inout [UInt8]) {
    Self.appendTimes(calleeTimes, unit, to: &bytes)
    // A function is mostly called once: what is stored is how often it was called again.
    NumberColumn.append(callCounts, less: 1, to: &bytes)
    NumberColumn.append(recursiveCallCounts, to: &bytes)
  }

  static func appendTimes(_ times: [Int64], _ unit: TimeUnit, to bytes: inout [UInt8]) {
    guard unit == .seconds else { return NumberColumn.append(times, to: &bytes) }
    bytes.appendColumn(.floats) { bytes in
      for bits in times { bytes.appendLittleEndian(UInt64(bitPattern: bits)) }
    }
  }

  /// Reads whole numbers in a unit, or the bits of seconds.
  static func decodeTimes(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    _ unit: TimeUnit,
    count: Int,
    into values: inout [Int64]
  ) throws(BlobError) {
    guard unit == .seconds else {
      return try NumberColumn.decode(bytes, slot, count: count, into: &values)
    }
    guard slot.tag == .floats else { throw slot.unexpectedTag(for: "times in seconds") }
    guard slot.payload.count == 8 * count else {
      throw .truncated(at: slot.payload.upperBound, expected: "\(count) times in seconds")
    }
    values.resize(to: count, filling: 0)
    for row in values.indices {
      let offset = slot.payload.lowerBound + 8 * row
      values[row] = Int64(bitPattern: loadWord(bytes, at: offset))
    }
  }

  /// Reads how often functions or edges were called.
  static func decodeCallCounts(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    count: Int,
    into values: inout [Int64]
  ) throws(BlobError) {
    try NumberColumn.decode(bytes, slot, count: count, into: &values)
    var target = values.mutableSpan
    for row in target.indices { target[row] = target[row] &+ 1 }
  }
}

#endif
