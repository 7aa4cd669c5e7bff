// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

/// The figures of functions or of edges as whole numbers, on their way into blobs.
struct FigureCollector {
  /// A figure that a store cannot keep exactly.
  struct Refusal: Error {
    var row: Int
    var isTime: Bool
    var figure: String
    var value: String
  }

  /// In nanoseconds.
  private let figures: FigureTicks
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
    var ownTicks = [Int64](repeating: 0, count: count)
    var (calleeTicks, counts, recursiveCounts) = (ownTicks, ownTicks, ownTicks)
    var own = ownTicks.mutableSpan
    var callees = calleeTicks.mutableSpan
    var calls = counts.mutableSpan
    var recursive = recursiveCounts.mutableSpan
    for row in own.indices {
      let figure = figure(row)
      guard let selfTime = selfTimes.nanoseconds(figure.selfTime, row),
        let cumulativeTime = cumulativeTimes.nanoseconds(figure.cumulativeTime, row),
        let callCount = Self.int64(figure.callCount, wide),
        let primitiveCallCount = Self.int64(figure.primitiveCallCount, wide)
      else { throw Refusal(figure, wide, row) }
      own[row] = selfTime
      callees[row] = cumulativeTime &- selfTime
      calls[row] = callCount
      recursive[row] = callCount &- primitiveCallCount
    }
    figures = FigureTicks(
      selfTimes: ownTicks,
      calleeTimes: calleeTicks,
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

  var count: Int { figures.count }
  /// How many times are another `Double` than the product of their nanoseconds.
  var inexactCount: Int { selfTimes.count + cumulativeTimes.count }

  var isWholeMicroseconds: Bool {
    // Cumulative times last: differences wrap around.
    figures.selfTimes.allSatisfy { $0 % 1_000 == 0 }
      && cumulativeNanoseconds.allSatisfy { $0 % 1_000 == 0 }
  }

  /// How many times are another `Double` than the product of their microseconds.
  var inexactMicrosecondCount: Int {
    (patches(.microseconds)).count { $0 != 0 }
  }

  private var cumulativeNanoseconds: [Int64] {
    zip(figures.calleeTimes, figures.selfTimes).map { $0 &+ $1 }
  }

  /// The whole numbers that stand for the figures in a unit.
  func ticks(_ unit: TimeUnit) -> FigureTicks {
    guard unit != .nanoseconds else { return figures }
    var ticks = figures
    let cumulative = cumulativeTimes.ticks(unit, of: cumulativeNanoseconds)
    ticks.selfTimes = selfTimes.ticks(unit, of: figures.selfTimes)
    ticks.calleeTimes =
      unit == .seconds ? cumulative : zip(cumulative, ticks.selfTimes).map { $0 &- $1 }
    return ticks
  }

  /// How many `Double`s each time is above what its ticks give, self times first; empty where none
  /// is.
  func patches(_ unit: TimeUnit) -> [Int64] {
    guard unit == .microseconds || (unit == .nanoseconds && inexactCount > 0) else { return [] }
    let patches =
      selfTimes.patches(unit, of: figures.selfTimes)
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

#endif
