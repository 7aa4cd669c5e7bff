// SPDX-License-Identifier: Apache-2.0

package import StrataCore

/// Reads one profile bit for bit: its shape first, then its blobs in the order of the methods.
package struct ProfileDecoder {
  private let shape: Shape
  private var functions = FigureTicks()
  private var figures: [CompactFigures] = []
  private var edges: [StatsProfile.Edge] = []
  private var wideCounts = WideCounts()
  /// The ids of the functions that the profile names, each once, and where each of them is.
  private var ids: [Int32] = []
  private var places: [Int32: Int32] = [:]

  /// Starts with the functions and edges of a profile.
  package init(_ shape: Shape, _ unit: TimeUnit) {
    self.shape = shape
    functions.unit = unit
    // The functions of the rows first, in their order; callers without a row of their own come after them.
    for id in shape.functions { _ = place(of: id) }
  }

  /// The function's place in the profile's own table, where callers come after the functions.
  private mutating func place(of id: Int32) -> Int32 {
    if let place = places[id] { return place }
    let place = Int32(ids.count)
    places[id] = place
    ids.append(id)
    return place
  }

  /// Reads the blob of self times.
  package mutating func readSelfTimes(_ bytes: Span<UInt8>) throws(BlobError) {
    _ = try functions.decodeSelfTimes(bytes, count: shape.functions.count)
  }

  /// Reads the other figures of functions.
  package mutating func readFigures(_ bytes: Span<UInt8>) throws(BlobError) {
    // After the self times: of cumulative times only the difference to those is stored.
    let slots = try FigureSlots(bytes)
    try functions.decodeFigures(bytes, slots, count: shape.functions.count)
    // As constants, or the closure would copy the columns for each row.
    let (ticks, seconds) = (functions, try functions.seconds(bytes, patches: slots.patches))
    figures = ticks.callCounts.indices.map { compact(ticks, seconds, $0) }
  }

  /// Reads the figures of the edges, whose callers are known.
  package mutating func readEdges(
    _ bytes: Span<UInt8>,
    callers: [Int32]
  ) throws(BlobError) {
    // Figures of functions must be read by now: an edge that was left out is what they leave.
    var columns = EdgeColumns(edgeCounts: shape.edgeCounts)
    let slots = try columns.decode(bytes, functions: functions)
    let seconds = try columns.figures.seconds(bytes, patches: slots.figures.patches)
    setEdges(columns, seconds, callers)
  }

  /// Apart, with columns that do not change: a closure would copy them for each edge otherwise.
  private mutating func setEdges(
    _ columns: EdgeColumns,
    _ seconds: FigureSeconds,
    _ callers: [Int32]
  ) {
    edges = callers.enumerated().map { index, caller in
      let figures = compact(columns.figures, seconds, index)
      let caller = place(of: caller)
      guard columns.countOnly.isEmpty || columns.countOnly[index] == 0 else {
        return StatsProfile.Edge(caller: caller, callCount: figures.callCount)
      }
      return StatsProfile.Edge(caller: caller, figures: figures)
    }
  }

  private mutating func compact(
    _ ticks: FigureTicks,
    _ seconds: FigureSeconds,
    _ index: Int
  ) -> CompactFigures {
    // Counts are stored in 64 bits and kept in 32, with larger ones aside.
    let calls = ticks.callCounts[index]
    return CompactFigures(
      callCount: wideCounts.compact(CallCount(calls)),
      primitiveCallCount: wideCounts.compact(
        CallCount(calls &- ticks.recursiveCallCounts[index])
      ),
      selfTime: seconds.selfTimes[index],
      cumulativeTime: seconds.cumulativeTimes[index]
    )
  }

  /// The profile, with the functions that `name` finds for their ids.
  package func profile(
    totalTime: Double,
    name: (Int32) throws -> Function
  ) rethrows -> StatsProfile {
    var firstEdge: Int32 = 0
    let rows = shape.functions.indices.map { index in
      // The decoder of the shape has compared the counts with the number of edges: they fit.
      let edgeCount = Int32(truncatingIfNeeded: shape.edgeCounts[index])
      defer { firstEdge += edgeCount }
      return StatsProfile.Row(
        function: places[shape.functions[index]] ?? 0,
        firstEdge: firstEdge,
        edgeCount: edgeCount,
        figures: figures[index]
      )
    }
    // Each function is looked up once, however many edges name it.
    return StatsProfile(
      functionTable: FunctionTable(try ids.map(name)),
      rows: rows,
      edges: edges,
      wideCounts: wideCounts,
      totalTime: totalTime
    )
  }
}
