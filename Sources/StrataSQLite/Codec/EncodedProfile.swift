// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

/// The figures of a profile as blobs, and the unit of their times.
struct EncodedProfile {
  let unit: TimeUnit
  let selfTimes: [UInt8]
  /// The other figures of functions.
  let figures: [UInt8]
  /// The figures of edges; nil where there are none.
  let edges: [UInt8]?
  /// How many edges each function has.
  let edgeCounts: [Int64]

  init(_ profile: StatsProfile) throws(CaptureError) {
    let functions = try FigureCollector(functionsOf: profile)
    let edges = profile.edgesByRow
    let edgeFigures = try FigureCollector(edges, of: profile)
    edgeCounts = profile.rows.map { Int64($0.edgeCount) }
    unit = Self.unit(functions, edgeFigures)
    let ticks = functions.ticks(unit)
    selfTimes = ticks.selfTimeBlob(unit)
    figures = ticks.figureBlob(unit, patches: functions.patches(unit))
    guard !edges.isEmpty else {
      self.edges = nil
      return
    }
    let columns = EdgeColumns(
      figures: edgeFigures.ticks(unit),
      countOnly: edges.contains(where: \.isCountOnly) ? edges.map { $0.isCountOnly ? 1 : 0 } : [],
      edgeCounts: edgeCounts
    )
    self.edges = columns.blob(unit, functions: ticks, patches: edgeFigures.patches(unit))
  }

  /// The unit in which the program measured, as far as its times show it.
  private static func unit(_ functions: FigureCollector, _ edges: FigureCollector) -> TimeUnit {
    let timeCount = 2 * (functions.count + edges.count)
    var (unit, patchCount) = (TimeUnit.nanoseconds, functions.inexactCount + edges.inexactCount)
    if functions.isWholeMicroseconds, edges.isWholeMicroseconds {
      let microseconds = functions.inexactMicrosecondCount + edges.inexactMicrosecondCount
      if microseconds <= patchCount { (unit, patchCount) = (.microseconds, microseconds) }
    }
    // Bits take as much as ticks and patches together where every other time has a patch.
    return patchCount > timeCount / 2 ? .seconds : unit
  }
}

extension FigureCollector {
  fileprivate init(functionsOf profile: StatsProfile) throws(CaptureError) {
    let rows = profile.rows
    do {
      try self.init(count: rows.count, profile.wideCounts) { rows[$0].figures }
    } catch {
      throw CaptureError(error, profile.functionTable[Int(rows[error.row].function)])
    }
  }

  fileprivate init(
    _ edges: [StatsProfile.Edge],
    of profile: StatsProfile
  ) throws(CaptureError) {
    do {
      try self.init(count: edges.count, profile.wideCounts) { edges[$0].summableFigures }
    } catch {
      let callee = profile.rows.flatMap { repeatElement($0.function, count: Int($0.edgeCount)) }
      let names = profile.functionTable
      throw CaptureError(
        error,
        names[Int(callee[error.row])],
        caller: names[Int(edges[error.row].caller)]
      )
    }
  }
}

extension StatsProfile.Edge {
  /// The figures; where the number of calls is all that is known, none of them is recursive.
  @inline(__always)
  fileprivate var summableFigures: CompactFigures {
    var figures = figures
    if isCountOnly { figures.primitiveCallCount = figures.callCount }
    return figures
  }
}

extension StatsProfile {
  /// The edges of the first row, of the second one, and so on: mostly all edges as they stand.
  var edgesByRow: [Edge] {
    var next: Int32 = 0
    for row in rows {
      guard row.firstEdge == next || row.edgeCount == 0 else {
        return rows.flatMap { edges[$0.edgeRange] }
      }
      next += row.edgeCount
    }
    return Int(next) == edges.count ? edges : Array(edges[..<Int(next)])
  }
}

extension CaptureError {
  fileprivate init(
    _ refusal: FigureCollector.Refusal,
    _ function: Function,
    caller: Function? = nil
  ) {
    self.init(
      code: refusal.isTime ? .timeOutOfRange : .countOutOfRange,
      function: function,
      figure: refusal.figure + (caller.map { " of the calls from \($0)" } ?? ""),
      value: refusal.value
    )
  }
}

#endif
