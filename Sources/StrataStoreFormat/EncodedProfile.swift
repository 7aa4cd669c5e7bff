// SPDX-License-Identifier: Apache-2.0

package import StrataCore

/// The figures of a profile as blobs, and the unit of their times.
///
/// Encoding needs nothing of the store, so that threads encode in parallel while one writes. The
/// ids of functions and edges, which only the store gives, are apart (``Shape``).
package struct EncodedProfile: Sendable {
  package let unit: TimeUnit
  package let selfTimes: [UInt8]
  /// The other figures of functions.
  package let figures: [UInt8]
  /// The figures of edges; nil where there are none.
  package let edges: [UInt8]?
  /// How many edges each function has.
  package let edgeCounts: [Int64]

  package init(_ profile: StatsProfile) throws(CaptureError) {
    let functions = try FigureCollector(functionsOf: profile)
    let edges = profile.edgesByRow
    let edgeFigures = try FigureCollector(edges, of: profile)
    edgeCounts = profile.rows.map { Int64($0.edgeCount) }
    // One unit for both: an edge that is left out is a difference of ticks of a function and edges.
    unit = Self.unit(functions, edgeFigures)
    let ticks = functions.ticks(unit)
    selfTimes = ticks.selfTimeBlob
    figures = ticks.figureBlob(patches: functions.patches(unit))
    guard !edges.isEmpty else {
      self.edges = nil
      return
    }
    let columns = EdgeColumns(
      figures: edgeFigures.ticks(unit),
      countOnly: edges.contains(where: \.isCountOnly) ? edges.map { $0.isCountOnly ? 1 : 0 } : [],
      edgeCounts: edgeCounts
    )
    self.edges = columns.blob(functions: ticks, patches: edgeFigures.patches(unit))
  }

  /// The unit in which the program measured, as far as its times show it.
  ///
  /// A dump does not say what its clock counted. cProfile and C profilers count nanoseconds or
  /// microseconds and multiply, so that their times come back from whole numbers; pstats adds such
  /// `Double`s up, which leaves a few of them a bit off (patches); a time function of a user's own may
  /// return anything (bits). What is chosen costs room and never a bit of a time.
  private static func unit(_ functions: FigureCollector, _ edges: FigureCollector) -> TimeUnit {
    let timeCount = 2 * (functions.count + edges.count)
    var (unit, patchCount) = (TimeUnit.nanoseconds, functions.inexactCount + edges.inexactCount)
    // Microseconds have three digits less to store, but their products may be more often beside the time
    // than those of nanoseconds: a patch a row would cost more than the digits.
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
  /// The edges of the first row, of the second one, and so on: mostly all edges in their order.
  package var edgesByRow: [Edge] {
    var next: Int32 = 0
    for row in rows {
      // Where rows were sorted or dropped, edges are in another order, or have no row: a copy.
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
      figure: refusal.figure,
      isTime: refusal.isTime,
      value: refusal.value,
      of: function,
      caller: caller
    )
  }
}

// MARK: - Figures of a profile

/// The figures of functions or of edges as whole numbers, on their way into blobs.
///
/// All are turned into nanoseconds first, whatever the unit will be: only then is it known how many
/// times are whole microseconds, and how many are no product. Few profiles take another unit.
struct FigureCollector {
  /// A figure that a store cannot keep exactly.
  struct Refusal: Error {
    var row: Int
    var isTime: Bool
    var figure: String
    var value: String
  }

  private let figures: FigureNanoseconds
  private let selfTimes: InexactTimes
  private let cumulativeTimes: InexactTimes

  /// Takes what `figure` answers for each row.
  ///
  /// A dump has five thousand times and as many counts: the loop touches no array but through spans,
  /// and calls nothing for the times that nearly all are.
  @inline(__always)
  init(
    count: Int,
    _ wide: WideCounts,
    figure: (_ row: Int) -> CompactFigures
  ) throws(Refusal) {
    var (selfTimes, cumulativeTimes) = (InexactTimes(), InexactTimes())
    // Four arrays, not a structure of them: spans of its parts would overlap in the compiler's eyes.
    var ownTimes = [Int64](repeating: 0, count: count)
    var (calleeTimes, counts, recursiveCounts) = (ownTimes, ownTimes, ownTimes)
    var own = ownTimes.mutableSpan
    var callees = calleeTimes.mutableSpan
    var calls = counts.mutableSpan
    var recursive = recursiveCounts.mutableSpan
    for row in own.indices {
      let figure = figure(row)
      guard let selfTime = selfTimes.nanoseconds(figure.selfTime, row),
        let cumulativeTime = cumulativeTimes.nanoseconds(figure.cumulativeTime, row),
        let callCount = Self.int64(figure.callCount, wide),
        let primitiveCallCount = Self.int64(figure.primitiveCallCount, wide)
      else { throw Refusal(figure, wide, row) }
      own[row] = selfTime.count
      callees[row] = cumulativeTime.count &- selfTime.count
      calls[row] = callCount
      recursive[row] = callCount &- primitiveCallCount
    }
    figures = FigureNanoseconds(
      selfNanoseconds: ownTimes,
      calleeNanoseconds: calleeTimes,
      callCounts: counts,
      recursiveCallCounts: recursiveCounts
    )
    self.selfTimes = selfTimes
    self.cumulativeTimes = cumulativeTimes
  }

  @inline(__always)
  private static func int64(_ count: CompactCount, _ wide: WideCounts) -> Int64? {
    count.bits >= 0 ? Int64(count.bits) : wide.int64(count)
  }

  var count: Int { figures.selfNanoseconds.count }
  /// How many times are another `Double` than the product of their nanoseconds.
  var inexactCount: Int { selfTimes.count + cumulativeTimes.count }

  var isWholeMicroseconds: Bool {
    // Cumulative times last: differences wrap around.
    figures.selfNanoseconds.allSatisfy { $0 % 1_000 == 0 }
      && cumulativeNanoseconds.allSatisfy { $0 % 1_000 == 0 }
  }

  /// How many times are another `Double` than the product of their microseconds.
  var inexactMicrosecondCount: Int {
    patches(.microseconds).count { $0 != 0 }
  }

  private var cumulativeNanoseconds: [Int64] {
    zip(figures.calleeNanoseconds, figures.selfNanoseconds).map { $0 &+ $1 }
  }

  /// The figures in a unit.
  func ticks(_ unit: TimeUnit) -> FigureTicks {
    guard unit != .nanoseconds else { return FigureTicks(figures) }
    let own = selfTimes.ticks(unit, of: figures.selfNanoseconds)
    let cumulative = cumulativeTimes.ticks(unit, of: cumulativeNanoseconds)
    return FigureTicks(
      unit: unit,
      selfTicks: own,
      calleeTicks: unit == .seconds ? cumulative : zip(cumulative, own).map { $0 &- $1 },
      callCounts: figures.callCounts,
      recursiveCallCounts: figures.recursiveCallCounts
    )
  }

  /// How many `Double`s each time is above what its ticks give, self times first; empty where none
  /// is.
  func patches(_ unit: TimeUnit) -> [Int64] {
    guard unit == .microseconds || (unit == .nanoseconds && inexactCount > 0) else { return [] }
    let patches =
      selfTimes.patches(unit, of: figures.selfNanoseconds)
      + cumulativeTimes.patches(unit, of: cumulativeNanoseconds)
    return patches.contains { $0 != 0 } ? patches : []
  }
}

extension FigureCollector.Refusal {
  /// What it is that no store can keep of a row's figures.
  fileprivate init(_ figures: CompactFigures, _ wide: WideCounts, _ row: Int) {
    let times = [
      ("self time", figures.selfTime), ("cumulative time", figures.cumulativeTime),
    ]
    if let (figure, value) = times.first(where: { Nanoseconds(nearestTo: $0.1) == nil }) {
      self.init(row: row, isTime: true, figure: figure, value: "\(value)")
      return
    }
    let isCallCount = wide.int64(figures.callCount) == nil
    self.init(
      row: row,
      isTime: false,
      figure: isCallCount ? "call count" : "primitive call count",
      value: "\(wide[isCallCount ? figures.callCount : figures.primitiveCallCount])"
    )
  }
}
