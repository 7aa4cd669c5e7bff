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

  init(_ profile: StatsProfile) throws(RecordError) {
    let edgeCount = profile.rows.reduce(0) { $0 + Int($1.edgeCount) }
    var functions = FigureCollector(reservingCapacity: profile.rows.count)
    var edges = FigureCollector(reservingCapacity: edgeCount)
    var countOnly: [Int64] = []
    for row in profile.rows {
      do { try functions.append(row.figures, profile.wideCounts) } catch {
        throw RecordError(error, profile.functionTable[Int(row.function)])
      }
      for edge in profile.edges[row.edgeRange] {
        do { try edges.append(edge, profile.wideCounts, &countOnly) } catch {
          throw RecordError(
            error,
            profile.functionTable[Int(row.function)],
            caller: profile.functionTable[Int(edge.caller)]
          )
        }
      }
    }
    edgeCounts = profile.rows.map { Int64($0.edgeCount) }
    unit = Self.unit(functions, edges)
    let ticks = functions.ticks(unit)
    selfTimes = ticks.selfTimeBlob(unit)
    figures = ticks.figureBlob(unit, patches: functions.patches(unit))
    guard edgeCount > 0 else {
      self.edges = nil
      return
    }
    let columns = EdgeColumns(
      figures: edges.ticks(unit),
      countOnly: countOnly,
      edgeCounts: edgeCounts
    )
    self.edges = columns.blob(unit, functions: ticks, patches: edges.patches(unit))
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

/// The figures of functions or of edges, row by row, on their way into blobs.
private struct FigureCollector {
  /// A figure that a store cannot keep exactly.
  struct Refusal: Error {
    var isTime: Bool
    var figure: String
    var value: String
  }

  private var selfTimes: TimeVector
  private var cumulativeTimes: TimeVector
  private var callCounts: [Int64] = []
  private var recursiveCallCounts: [Int64] = []

  init(reservingCapacity count: Int) {
    selfTimes = TimeVector(reservingCapacity: count)
    cumulativeTimes = TimeVector(reservingCapacity: count)
    callCounts.reserveCapacity(count)
    recursiveCallCounts.reserveCapacity(count)
  }

  @inline(__always)
  mutating func append(_ figures: CompactFigures, _ wide: WideCounts) throws(Refusal) {
    guard selfTimes.append(figures.selfTime) else {
      throw Refusal(isTime: true, figure: "self time", value: "\(figures.selfTime)")
    }
    guard cumulativeTimes.append(figures.cumulativeTime) else {
      throw Refusal(isTime: true, figure: "cumulative time", value: "\(figures.cumulativeTime)")
    }
    guard let calls = wide.int64(figures.callCount) else {
      throw Refusal(isTime: false, figure: "call count", value: "\(wide[figures.callCount])")
    }
    guard let primitive = wide.int64(figures.primitiveCallCount) else {
      let value = "\(wide[figures.primitiveCallCount])"
      throw Refusal(isTime: false, figure: "primitive call count", value: value)
    }
    callCounts.append(calls)
    recursiveCallCounts.append(calls &- primitive)
  }

  /// Appends an edge of which only the number of calls may be known.
  @inline(__always)
  mutating func append(
    _ edge: StatsProfile.Edge,
    _ wide: WideCounts,
    _ countOnly: inout [Int64]
  ) throws(Refusal) {
    var figures = edge.figures
    if edge.isCountOnly { figures.primitiveCallCount = figures.callCount }
    if edge.isCountOnly || !countOnly.isEmpty {
      countOnly += repeatElement(0, count: count - countOnly.count)
      countOnly.append(edge.isCountOnly ? 1 : 0)
    }
    try append(figures, wide)
  }

  var count: Int { callCounts.count }
  var inexactCount: Int { selfTimes.inexactCount + cumulativeTimes.inexactCount }
  var isWholeMicroseconds: Bool {
    selfTimes.isWholeMicroseconds && cumulativeTimes.isWholeMicroseconds
  }
  var inexactMicrosecondCount: Int {
    selfTimes.inexactMicrosecondCount + cumulativeTimes.inexactMicrosecondCount
  }

  func ticks(_ unit: TimeUnit) -> FigureTicks {
    let selfTicks = selfTimes.ticks(unit)
    let cumulativeTicks = cumulativeTimes.ticks(unit)
    return FigureTicks(
      selfTimes: selfTicks,
      calleeTimes: unit == .seconds
        ? cumulativeTicks : zip(cumulativeTicks, selfTicks).map { $0 &- $1 },
      callCounts: callCounts,
      recursiveCallCounts: recursiveCallCounts
    )
  }

  func patches(_ unit: TimeUnit) -> [Int64] {
    let patches = (selfTimes.patches(unit), cumulativeTimes.patches(unit))
    guard !patches.0.isEmpty || !patches.1.isEmpty else { return [] }
    let none = [Int64](repeating: 0, count: count)
    return (patches.0.isEmpty ? none : patches.0) + (patches.1.isEmpty ? none : patches.1)
  }
}

extension RecordError {
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
