// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

/// Puts a profile together from its columns, with a table of the functions it names.
struct ProfileBuilder {
  typealias Seconds = (selfTimes: [Double], cumulativeTimes: [Double])

  private let shape: Shape
  private var figures: [CompactFigures] = []
  private var edges: [StatsProfile.Edge] = []
  private var wideCounts = WideCounts()
  private var table: [Int32] = []
  private var numbers: [Int32: Int32] = [:]

  init(_ shape: Shape) {
    self.shape = shape
    for id in shape.functions { _ = number(of: id) }
  }

  private mutating func number(of id: Int32) -> Int32 {
    if let number = numbers[id] { return number }
    let number = Int32(table.count)
    numbers[id] = number
    table.append(id)
    return number
  }

  /// Sets the figures of all functions.
  mutating func setRows(_ ticks: FigureTicks, _ seconds: Seconds) {
    figures = ticks.selfTimes.indices.map { compact(ticks, seconds, $0) }
  }

  /// Sets the figures of all edges.
  mutating func setEdges(_ columns: EdgeColumns, callers: [Int32], _ seconds: Seconds) {
    edges = callers.enumerated().map { index, caller in
      let figures = compact(columns.figures, seconds, index)
      let number = number(of: caller)
      guard columns.countOnly.isEmpty || columns.countOnly[index] == 0 else {
        return StatsProfile.Edge(caller: number, callCount: figures.callCount)
      }
      return StatsProfile.Edge(caller: number, figures: figures)
    }
  }

  private mutating func compact(
    _ ticks: FigureTicks,
    _ seconds: Seconds,
    _ index: Int
  ) -> CompactFigures {
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
  func profile(
    totalTime: Double,
    name: (Int32) throws -> Function
  ) rethrows -> StatsProfile {
    var firstEdge: Int32 = 0
    let rows = shape.functions.indices.map { index in
      let edgeCount = Int32(truncatingIfNeeded: shape.edgeCounts[index])
      defer { firstEdge += edgeCount }
      return StatsProfile.Row(
        function: numbers[shape.functions[index]] ?? 0,
        firstEdge: firstEdge,
        edgeCount: edgeCount,
        figures: figures[index]
      )
    }
    return StatsProfile(
      functionTable: FunctionTable(try table.map(name)),
      rows: rows,
      edges: edges,
      wideCounts: wideCounts,
      totalTime: totalTime
    )
  }
}

#endif
