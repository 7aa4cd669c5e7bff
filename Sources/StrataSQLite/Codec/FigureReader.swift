// SPDX-License-Identifier: Apache-2.0

#if Tools

/// Where in a blob the columns beside the self times are.
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
  /// Reads the one column of a blob of self times.
  static func decodeSelfTimes(
    _ bytes: Span<UInt8>,
    _ unit: TimeUnit,
    count: Int,
    into values: inout [Int64]
  ) throws(BlobError) -> ColumnSlot {
    var cursor = try ColumnCursor(bytes)
    let slot = try cursor.next(bytes)
    try cursor.finish()
    try decodeTimes(bytes, slot, unit, count: count, into: &values)
    return slot
  }

  /// Reads all figures of functions, or of edges that are stored, but the self times.
  mutating func decodeFigures(
    _ bytes: Span<UInt8>,
    _ slots: FigureSlots,
    _ unit: TimeUnit,
    count: Int
  ) throws(BlobError) {
    try Self.decodeTimes(bytes, slots.calleeTimes, unit, count: count, into: &calleeTimes)
    try Self.decodeCallCounts(bytes, slots.callCounts, count: count, into: &callCounts)
    try NumberColumn.decode(
      bytes,
      slots.recursiveCallCounts,
      count: count,
      into: &recursiveCallCounts
    )
  }

  /// Turns ticks of any unit into whole nanoseconds, and their bits of seconds into differences.
  mutating func convertToNanoseconds(_ unit: TimeUnit, _ slot: ColumnSlot) throws(BlobError) {
    guard unit != .nanoseconds else { return }
    try unit.convertToNanoseconds(&selfTimes, slot)
    try unit.convertToNanoseconds(&calleeTimes, slot)
    guard unit == .seconds else { return }
    for row in selfTimes.indices { calleeTimes[row] &-= selfTimes[row] }
  }

  /// Self and cumulative times of each row with their own bits.
  func seconds(
    _ unit: TimeUnit,
    _ bytes: Span<UInt8>,
    patches: ColumnSlot
  ) throws(BlobError) -> (selfTimes: [Double], cumulativeTimes: [Double]) {
    var selfSeconds = selfTimes.map { unit.seconds($0) }
    var cumulativeSeconds =
      unit == .seconds
      ? calleeTimes.map { unit.seconds($0) }
      : zip(selfTimes, calleeTimes).map { unit.seconds($0 &+ $1) }
    guard !patches.isEmpty else { return (selfSeconds, cumulativeSeconds) }
    var ulps: [Int64] = []
    try NumberColumn.decode(bytes, patches, count: 2 * count, into: &ulps)
    for row in selfSeconds.indices {
      selfSeconds[row] = Double(ordinal: selfSeconds[row].ordinal &+ ulps[row])
      cumulativeSeconds[row] = Double(
        ordinal: cumulativeSeconds[row].ordinal &+ ulps[count + row]
      )
    }
    return (selfSeconds, cumulativeSeconds)
  }
}

#endif
