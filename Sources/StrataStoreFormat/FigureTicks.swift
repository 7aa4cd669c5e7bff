// SPDX-License-Identifier: Apache-2.0

/// The figures of functions or of edges as blobs hold them: whole numbers, a column for each figure.
///
/// Time in callees and recursive calls are stored in the place of cumulative time and primitive calls,
/// for they are mostly 0: of leaf functions, and of all that do not recurse.
/// Differences wrap around at 64 bits, and back.
struct FigureTicks: Equatable {
  /// What the times count.
  var unit = TimeUnit.nanoseconds
  var selfTicks: [Int64] = []
  /// Cumulative less self times.
  ///
  /// In ``TimeUnit/seconds`` the cumulative times themselves: bits of a `Double` cannot be subtracted.
  var calleeTicks: [Int64] = []
  var callCounts: [Int64] = []
  var recursiveCallCounts: [Int64] = []

  var count: Int { selfTicks.count }

  /// The figures of some rows alone.
  func rows(_ kept: [Int32]) -> FigureTicks {
    FigureTicks(
      unit: unit,
      selfTicks: Self.values(selfTicks.span, at: kept),
      calleeTicks: Self.values(calleeTicks.span, at: kept),
      callCounts: Self.values(callCounts.span, at: kept),
      recursiveCallCounts: Self.values(recursiveCallCounts.span, at: kept)
    )
  }

  private static func values(_ column: Span<Int64>, at rows: [Int32]) -> [Int64] {
    rows.map { column[Int($0)] }
  }

  /// Whether the figures of a function are the sums of those of its edges.
  func isSum(_ function: Int, of edges: Range<Int32>, _ figures: FigureTicks) -> Bool {
    // Wrapping, as the reader's differences do: the edge comes back even where a sum overflows.
    var (selfTime, calleeTime) = (selfTicks[function], calleeTicks[function])
    var (calls, recursive) = (callCounts[function], recursiveCallCounts[function])
    for edge in edges.lazy.map(Int.init) {
      selfTime &-= figures.selfTicks[edge]
      calleeTime &-= figures.calleeTicks[edge]
      calls &-= figures.callCounts[edge]
      recursive &-= figures.recursiveCallCounts[edge]
    }
    return selfTime == 0 && calleeTime == 0 && calls == 0 && recursive == 0
  }
}

// MARK: - Writing

extension FigureTicks {
  /// Self times alone: what most questions are about, so that they read no other blob.
  var selfTimeBlob: [UInt8] {
    // Room for what such a blob takes in most profiles: growing from nothing would copy it often.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(SealedBlob.usualSize(rows: count, columns: 1))
    appendTimes(selfTicks, to: &bytes)
    return SealedBlob.sealed(bytes)
  }

  /// The other figures of functions.
  func figureBlob(patches: [Int64]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(SealedBlob.usualSize(rows: count, columns: 1))
    appendFigures(to: &bytes)
    // Last, and decoded only for a profile that is read bit for bit: sums need nanoseconds alone.
    NumberColumn.append(patches, to: &bytes)
    return SealedBlob.sealed(bytes)
  }

  /// Appends the columns other than self times.
  func appendFigures(to bytes: inout [UInt8]) {
    appendTimes(calleeTicks, to: &bytes)
    // A function is mostly called once: what is stored is how often it was called again.
    NumberColumn.append(callCounts, less: 1, to: &bytes)
    NumberColumn.append(recursiveCallCounts, to: &bytes)
  }

  /// Appends a column of times in the unit of the figures.
  func appendTimes(_ ticks: [Int64], to bytes: inout [UInt8]) {
    guard unit == .seconds else { return NumberColumn.append(ticks, to: &bytes) }
    // The upper bits of a `Double` are hardly ever 0: lengths would only add bytes.
    bytes.appendColumn(.floats) { bytes in
      for bits in ticks { bytes.appendLittleEndian(UInt64(bitPattern: bits)) }
    }
  }
}

// MARK: - Reading

/// Where in a blob the columns other than the self times are.
struct FigureSlots {
  let calleeTimes: ColumnSlot
  let callCounts: ColumnSlot
  let recursiveCallCounts: ColumnSlot
  let patches: ColumnSlot

  /// The columns of functions, which are all that their blob has.
  init(_ bytes: Span<UInt8>) throws(BlobError) {
    var cursor = try ColumnCursor(bytes)
    try self.init(bytes, &cursor)
    try cursor.finish()
  }

  /// The next four columns.
  init(_ bytes: Span<UInt8>, _ cursor: inout ColumnCursor) throws(BlobError) {
    calleeTimes = try cursor.next(bytes)
    callCounts = try cursor.next(bytes)
    recursiveCallCounts = try cursor.next(bytes)
    patches = try cursor.next(bytes)
  }
}

extension FigureTicks {
  /// Reads the one column of a blob of self times, and returns where it is.
  mutating func decodeSelfTimes(
    _ bytes: Span<UInt8>,
    count: Int
  ) throws(BlobError) -> ColumnSlot {
    var cursor = try ColumnCursor(bytes)
    let slot = try cursor.next(bytes)
    try cursor.finish()
    try Self.decodeTimes(bytes, slot, unit, count: count, into: &selfTicks)
    return slot
  }

  /// Reads all figures of functions, or of edges that are stored, but the self times.
  mutating func decodeFigures(
    _ bytes: Span<UInt8>,
    _ slots: FigureSlots,
    count: Int
  ) throws(BlobError) {
    try Self.decodeTimes(bytes, slots.calleeTimes, unit, count: count, into: &calleeTicks)
    try Self.decodeCallCounts(bytes, slots.callCounts, count: count, into: &callCounts)
    let recursive = slots.recursiveCallCounts
    try NumberColumn.decode(bytes, recursive, count: count, into: &recursiveCallCounts)
  }

  /// Reads a column of times in a unit.
  static func decodeTimes(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    _ unit: TimeUnit,
    count: Int,
    into ticks: inout [Int64]
  ) throws(BlobError) {
    guard unit == .seconds else {
      return try NumberColumn.decode(bytes, slot, count: count, into: &ticks)
    }
    guard slot.tag == .floats else { throw slot.unexpectedTag(for: "times in seconds") }
    // Before memory is taken for them: a count says nothing about how long its column is.
    guard slot.payload.count == 8 * count else {
      throw .truncated(at: slot.payload.upperBound, expected: "\(count) times in seconds")
    }
    ticks.resize(to: count, filling: 0)
    for row in ticks.indices {
      let offset = slot.payload.lowerBound + 8 * row
      ticks[row] = Int64(bitPattern: loadWord(bytes, at: offset))
    }
  }

  /// Reads how often functions or edges were called.
  static func decodeCallCounts(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    count: Int,
    into callCounts: inout [Int64]
  ) throws(BlobError) {
    try NumberColumn.decode(bytes, slot, count: count, into: &callCounts)
    var target = callCounts.mutableSpan
    // A forged count wraps around: the result is wrong, but nothing crashes.
    for row in target.indices { target[row] = target[row] &+ 1 }
  }

  /// Self and cumulative times of each row with their own bits.
  func seconds(_ bytes: Span<UInt8>, patches: ColumnSlot) throws(BlobError) -> FigureSeconds {
    var seconds = FigureSeconds(
      selfTimes: selfTicks.map { unit.seconds(Ticks($0)) },
      cumulativeTimes: unit == .seconds
        ? calleeTicks.map { unit.seconds(Ticks($0)) }
        : zip(selfTicks, calleeTicks).map { unit.seconds(Ticks($0 &+ $1)) }
    )
    // Most profiles need no patch: their times are the very products.
    guard !patches.isEmpty else { return seconds }
    var steps: [Int64] = []
    // One column for both kinds of times, since mostly neither has any.
    try NumberColumn.decode(bytes, patches, count: 2 * count, into: &steps)
    for row in 0..<count {
      seconds.selfTimes[row].step(by: steps[row])
      seconds.cumulativeTimes[row].step(by: steps[count + row])
    }
    return seconds
  }
}

/// The times of functions or of edges as their profile had them.
struct FigureSeconds {
  var selfTimes: [Double]
  var cumulativeTimes: [Double]
}

extension Double {
  /// Goes a number of `Double`s up.
  fileprivate mutating func step(by count: Int64) {
    self = Double(ordinal: ordinal &+ count)
  }
}

// MARK: - Nanoseconds

/// The figures of functions or of edges in whole nanoseconds: what is added up.
package struct FigureNanoseconds: Equatable {
  package var selfNanoseconds: [Int64] = []
  /// Cumulative less self times, whose differences may wrap around.
  package var calleeNanoseconds: [Int64] = []
  package var callCounts: [Int64] = []
  package var recursiveCallCounts: [Int64] = []

  package init() {}

  package init(
    selfNanoseconds: [Int64],
    calleeNanoseconds: [Int64],
    callCounts: [Int64],
    recursiveCallCounts: [Int64]
  ) {
    self.selfNanoseconds = selfNanoseconds
    self.calleeNanoseconds = calleeNanoseconds
    self.callCounts = callCounts
    self.recursiveCallCounts = recursiveCallCounts
  }

  /// Takes the columns of figures in any unit, and leaves memory to be used again behind.
  ///
  /// - Throws: `BlobError` at the column of times where one of them is beyond what is stored.
  mutating func move(from figures: inout FigureTicks, _ slot: ColumnSlot) throws(BlobError) {
    let unit = figures.unit
    try unit.move(ticks: &figures.selfTicks, toNanoseconds: &selfNanoseconds, slot)
    try unit.move(ticks: &figures.calleeTicks, toNanoseconds: &calleeNanoseconds, slot)
    // Of bits of seconds the second column held cumulative times, not what they are more.
    if unit == .seconds {
      for row in selfNanoseconds.indices { calleeNanoseconds[row] &-= selfNanoseconds[row] }
    }
    // Exchanged, not copied: what goes back is memory for the next profile.
    swap(&callCounts, &figures.callCounts)
    swap(&recursiveCallCounts, &figures.recursiveCallCounts)
  }
}

extension FigureTicks {
  /// Sums, which are written in nanoseconds.
  init(_ figures: FigureNanoseconds) {
    selfTicks = figures.selfNanoseconds
    calleeTicks = figures.calleeNanoseconds
    callCounts = figures.callCounts
    recursiveCallCounts = figures.recursiveCallCounts
  }
}
