// SPDX-License-Identifier: Apache-2.0

/// One capture or roll-up as it is added to others: its functions and edges by their numbers, their
/// figures in whole nanoseconds.
package struct SummableProfile: Equatable {
  package var shape = Shape()
  package var functions = FigureNanoseconds()
  package var edges = FigureNanoseconds()
  /// 1 for an edge whose number of calls is all that is known, or empty.
  package var countOnly: [Int64] = []

  package init() {}

  /// Self times of the functions as a blob.
  package var selfTimeBlob: [UInt8] { FigureTicks(functions).selfTimeBlob }

  /// The other figures of functions as a blob.
  package var figureBlob: [UInt8] { FigureTicks(functions).figureBlob(patches: []) }

  /// The figures of edges as a blob.
  package var edgeFigureBlob: [UInt8] {
    let columns = EdgeColumns(
      figures: FigureTicks(edges),
      countOnly: countOnly,
      edgeCounts: shape.edgeCounts
    )
    return columns.blob(functions: FigureTicks(functions), patches: [])
  }
}

/// Reads profiles to be added up, each in the memory of the one before it.
///
/// For each of them call ``begin(_:_:)``, and then the other methods in their order.
package struct SummableDecoder {
  /// The profile that was read last.
  package private(set) var profile = SummableProfile()
  private var functions = FigureTicks()
  private var edges = EdgeColumns()

  package init() {}

  /// Starts with the functions and edges of a profile, and the unit of its times.
  package mutating func begin(_ shape: Shape, _ unit: TimeUnit) {
    edges.edgeCounts = shape.edgeCounts
    functions.unit = unit
    profile.shape = shape
  }

  /// Reads the blob of self times.
  package mutating func readSelfTimes(_ bytes: Span<UInt8>) throws(BlobError) {
    _ = try functions.decodeSelfTimes(bytes, count: profile.shape.functions.count)
  }

  /// Reads the other figures of functions, all there is where the profile has no edges.
  package mutating func readFigures(_ bytes: Span<UInt8>) throws(BlobError) {
    let slots = try FigureSlots(bytes)
    try functions.decodeFigures(bytes, slots, count: profile.shape.functions.count)
    guard profile.shape.edges.isEmpty else { return }
    try profile.functions.move(from: &functions, slots.calleeTimes)
    profile.edges = FigureNanoseconds()
    profile.countOnly = []
  }

  /// Reads the figures of edges, and ends the profile.
  package mutating func readEdges(_ bytes: Span<UInt8>) throws(BlobError) {
    // In ticks up to here: an edge that is not stored is a difference of ticks.
    let slots = try edges.decode(bytes, functions: functions)
    let times = slots.figures.calleeTimes
    try profile.functions.move(from: &functions, times)
    try profile.edges.move(from: &edges.figures, times)
    profile.countOnly = edges.countOnly
  }
}

// MARK: - Functions alone

/// Figures of the functions of a capture or a roll-up, as questions ask for them.
package struct FunctionColumns {
  package var selfNanoseconds: [Int64] = []
  package var cumulativeNanoseconds: [Int64] = []
  package var callCounts: [Int64] = []
  package var primitiveCallCounts: [Int64] = []
}

/// Reads figures of functions, in memory that is used again for each capture.
///
/// Nothing is decoded that is not asked for: most questions are about self times alone, whose blob is a
/// third of all.
package struct FunctionDecoder {
  /// Figures that may be asked for.
  package struct Figures: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    package static let selfTimes = Figures(rawValue: 1)
    package static let cumulativeTimes = Figures(rawValue: 2)
    package static let callCounts = Figures(rawValue: 4)
    package static let primitiveCallCounts = Figures(rawValue: 8)

    /// Whether the blob of self times is needed: cumulative times are stored as what they are more.
    package var needSelfTimeBlob: Bool { !isDisjoint(with: [.selfTimes, .cumulativeTimes]) }

    /// Whether the blob of the other figures is needed.
    package var needFigureBlob: Bool { !subtracting(.selfTimes).isEmpty }
  }

  /// What was read last; columns that were not asked for hold anything.
  package var columns = FunctionColumns()
  private let figures: Figures
  /// In the unit of the capture, until they are moved to the columns.
  private var selfTicks: [Int64] = []
  /// In the unit of the capture; between two captures only memory.
  private var cumulativeTicks: [Int64] = []

  package init(_ figures: Figures) {
    self.figures = figures
  }

  /// Reads the blob of self times, if ``Figures/needSelfTimeBlob``.
  package mutating func readSelfTimes(
    _ bytes: Span<UInt8>,
    _ unit: TimeUnit,
    count: Int
  ) throws(BlobError) {
    var cursor = try ColumnCursor(bytes)
    let slot = try cursor.next(bytes)
    try cursor.finish()
    try FigureTicks.decodeTimes(bytes, slot, unit, count: count, into: &selfTicks)
    guard !figures.needFigureBlob else { return }
    try unit.move(ticks: &selfTicks, toNanoseconds: &columns.selfNanoseconds, slot)
  }

  /// Reads the blob of the other figures, if ``Figures/needFigureBlob``, after that of self times.
  package mutating func readFigures(
    _ bytes: Span<UInt8>,
    _ unit: TimeUnit,
    count: Int
  ) throws(BlobError) {
    let slots = try FigureSlots(bytes)
    let times = slots.calleeTimes
    if figures.contains(.cumulativeTimes) {
      try readCumulativeTicks(bytes, times, unit, count: count)
      try unit.move(ticks: &cumulativeTicks, toNanoseconds: &columns.cumulativeNanoseconds, times)
    }
    if figures.contains(.selfTimes) {
      try unit.move(ticks: &selfTicks, toNanoseconds: &columns.selfNanoseconds, times)
    }
    if !figures.isDisjoint(with: [.callCounts, .primitiveCallCounts]) {
      let slot = slots.callCounts
      try FigureTicks.decodeCallCounts(bytes, slot, count: count, into: &columns.callCounts)
    }
    if figures.contains(.primitiveCallCounts) {
      try readPrimitiveCallCounts(bytes, slots.recursiveCallCounts, count: count)
    }
  }

  /// Ticks are added before they are converted: the difference of two times within ±2⁶² ns may pass 63
  /// bits, and wraps around; their sum does not.
  private mutating func readCumulativeTicks(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    _ unit: TimeUnit,
    count: Int
  ) throws(BlobError) {
    try FigureTicks.decodeTimes(bytes, slot, unit, count: count, into: &cumulativeTicks)
    // Bits of seconds are those of the cumulative times themselves.
    guard unit != .seconds else { return }
    Self.add(selfTicks, to: &cumulativeTicks)
  }

  private static func add(_ values: [Int64], to sums: inout [Int64]) {
    var target = sums.mutableSpan
    let values = values.span
    for row in target.indices { target[row] = target[row] &+ values[row] }
  }

  private mutating func readPrimitiveCallCounts(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    count: Int
  ) throws(BlobError) {
    try NumberColumn.decode(bytes, slot, count: count, into: &columns.primitiveCallCounts)
    Self.subtract(&columns.primitiveCallCounts, from: columns.callCounts)
  }

  private static func subtract(_ values: inout [Int64], from wholes: [Int64]) {
    var target = values.mutableSpan
    let wholes = wholes.span
    for row in target.indices { target[row] = wholes[row] &- target[row] }
  }
}
