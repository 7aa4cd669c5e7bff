// SPDX-License-Identifier: Apache-2.0

/// The figures of the edges of a profile, those of one function side by side.
///
/// Profilers add each call up twice: for the function, and for the edge to it. So in most profiles the
/// edges of a function add up to its own figures, the last of them is what the others leave, and it is
/// not stored. Four of ten edges are the only ones of their function, so that half of all edges take no
/// room at all. Where the sums do not hold (dumps that were merged, calls that began before the
/// profiler) the function is an *exception*, whose edges are all stored.
struct EdgeColumns: Equatable {
  var figures = FigureTicks()
  /// 1 for an edge whose number of calls is all that is known, or empty.
  var countOnly: [Int64] = []
  /// How many edges each function has, in the order of the functions.
  var edgeCounts: [Int64] = []

  /// All columns but those of the ids.
  func blob(functions: FigureTicks, patches: [Int64]) -> [UInt8] {
    let (exceptions, kept) = choice(functions)
    let stored = kept.count < figures.count ? figures.rows(kept) : figures
    var bytes: [UInt8] = []
    bytes.reserveCapacity(SealedBlob.usualSize(rows: stored.count, columns: 2))
    // First, since it says how many rows the columns of figures have.
    NumberColumn.append(exceptions, to: &bytes)
    stored.appendTimes(stored.selfTicks, to: &bytes)
    stored.appendFigures(to: &bytes)
    NumberColumn.append(patches, to: &bytes)
    NumberColumn.append(countOnly.contains { $0 != 0 } ? countOnly : [], to: &bytes)
    return SealedBlob.sealed(bytes)
  }

  /// Of each function with edges whether they are all stored, and the edges that are.
  ///
  /// Bits of seconds are no numbers to subtract, and an edge without times has none to be derived.
  private func choice(_ functions: FigureTicks) -> (exceptions: [Int64], kept: [Int32]) {
    var exceptions: [Int64] = []
    var kept: [Int32] = []
    exceptions.reserveCapacity(edgeCounts.count)
    kept.reserveCapacity(figures.count)
    var first: Int32 = 0
    for function in edgeCounts.indices where edgeCounts[function] > 0 {
      let edges = first..<first + Int32(edgeCounts[function])
      let isDerived =
        figures.unit != .seconds && !isCountOnly(edges)
        && functions.isSum(function, of: edges, figures)
      // 0 for what is usual: a column of zeros takes five bytes.
      exceptions.append(isDerived ? 0 : 1)
      for edge in first..<edges.upperBound - (isDerived ? 1 : 0) { kept.append(edge) }
      first = edges.upperBound
    }
    return (exceptions, kept)
  }

  private func isCountOnly(_ edges: Range<Int32>) -> Bool {
    !countOnly.isEmpty && edges.contains { countOnly[Int($0)] != 0 }
  }
}

// MARK: - Reading

/// Where in the blob of edges its columns are.
struct EdgeSlots {
  let exceptions: ColumnSlot
  let selfTimes: ColumnSlot
  let figures: FigureSlots
  let countOnly: ColumnSlot

  init(_ bytes: Span<UInt8>) throws(BlobError) {
    var cursor = try ColumnCursor(bytes)
    exceptions = try cursor.next(bytes)
    selfTimes = try cursor.next(bytes)
    figures = try FigureSlots(bytes, &cursor)
    countOnly = try cursor.next(bytes)
    try cursor.finish()
  }
}

extension EdgeColumns {
  /// Reads the figures of the edges of functions whose own ones are known, and returns where they are.
  ///
  /// `edgeCounts` must be set, and is not touched.
  mutating func decode(
    _ bytes: Span<UInt8>,
    functions: FigureTicks
  ) throws(BlobError) -> EdgeSlots {
    let slots = try EdgeSlots(bytes)
    // A function without edges has none to leave out, and no row here.
    let groupCount = edgeCounts.count { $0 > 0 }
    let count = edgeCounts.reduce(0) { $0 + Int($1) }
    var exceptions: [Int64] = []
    try NumberColumn.decode(bytes, slots.exceptions, count: groupCount, into: &exceptions)
    // Every function with an edge leaves out one at most, so that no number of them is negative.
    let stored = count - exceptions.count { $0 == 0 }
    // One unit for a profile: an edge that is left out is a difference of both kinds of figures.
    figures.unit = functions.unit
    let own = slots.selfTimes
    try FigureTicks.decodeTimes(
      bytes,
      own,
      figures.unit,
      count: stored,
      into: &figures.selfTicks
    )
    try figures.decodeFigures(bytes, slots.figures, count: stored)
    countOnly = []
    if !slots.countOnly.isEmpty {
      try NumberColumn.decode(bytes, slots.countOnly, count: count, into: &countOnly)
    }
    // Where all functions are exceptions, the columns are complete and need not be copied.
    if stored < count { expand(exceptions, functions) }
    return slots
  }

  /// Puts the edges that were left out in their places.
  private mutating func expand(_ exceptions: [Int64], _ functions: FigureTicks) {
    func expanded(_ stored: [Int64], _ functions: [Int64]) -> [Int64] {
      Self.expanded(stored, edgeCounts, exceptions, functions)
    }
    figures.selfTicks = expanded(figures.selfTicks, functions.selfTicks)
    figures.calleeTicks = expanded(figures.calleeTicks, functions.calleeTicks)
    figures.callCounts = expanded(figures.callCounts, functions.callCounts)
    figures.recursiveCallCounts =
      expanded(figures.recursiveCallCounts, functions.recursiveCallCounts)
  }

  private static func expanded(
    _ stored: [Int64],
    _ edgeCounts: [Int64],
    _ exceptions: [Int64],
    _ functions: [Int64]
  ) -> [Int64] {
    var values: [Int64] = []
    values.reserveCapacity(stored.count + exceptions.count)
    let (source, counts, own) = (stored.span, edgeCounts.span, functions.span)
    var (next, group) = (0, 0)
    for function in counts.indices where counts[function] > 0 {
      let isDerived = exceptions[group] == 0
      group &+= 1
      // Wraps around for forged numbers, as the writer's differences do; no sum can overflow.
      var rest = own[function]
      for _ in 0..<(isDerived ? counts[function] &- 1 : counts[function]) {
        values.append(source[next])
        rest &-= source[next]
        next &+= 1
      }
      if isDerived { values.append(rest) }
    }
    return values
  }
}
