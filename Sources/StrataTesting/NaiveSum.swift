// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Captures added up function by function in the simplest way, for tests of everything faster.
struct NaiveSum: Equatable {
  /// The four figures in whole numbers; the last three are not there for edges with counts alone.
  struct Figures: Equatable {
    var values: [Int128]

    init(_ statistics: CallStatistics) {
      values = [
        statistics.callCount, statistics.primitiveCallCount, Self.whole(statistics.selfTime),
        Self.whole(statistics.cumulativeTime),
      ]
    }

    init(callCount: CallCount) {
      values = [callCount]
    }

    private static func whole(_ seconds: Double) -> Int128 {
      Nanoseconds(nearestTo: seconds).map { Int128($0.count) } ?? .max
    }

    /// The figures of both; of two edges only those that both have.
    mutating func add(_ other: Figures) {
      values = zip(values, other.values).map { $0 + $1 }
    }
  }

  var captures = 0
  var functions: [Function: Figures] = [:]
  var edges: [[Function]: Figures] = [:]

  init(_ profiles: some Sequence<StatsProfile>) {
    for profile in profiles { add(profile) }
  }

  private mutating func add(_ profile: StatsProfile) {
    captures += 1
    for row in profile.functions {
      Self.add(Figures(row.statistics), to: &functions[row.function])
      for edge in row.callers {
        let figures =
          switch edge.figures {
          case .full(let statistics): Figures(statistics)
          case .countOnly(let count): Figures(callCount: count)
          }
        Self.add(figures, to: &edges[[edge.caller, row.function]])
      }
    }
  }

  static func add(_ figures: Figures, to sum: inout Figures?) {
    if sum == nil { sum = figures } else { sum?.add(figures) }
  }
}

/// A profile without its order, bit for bit.
struct UnorderedProfile: Equatable {
  private let rows: [Function: [UInt64]]
  private let edges: [[Function]: [UInt64]]
  private let totalTime: UInt64

  /// A sum as it must be made a profile: whole nanoseconds times 10⁻⁹.
  init(_ sum: NaiveSum) {
    rows = sum.functions.mapValues(Self.bits)
    edges = sum.edges.mapValues(Self.bits)
    totalTime = Self.seconds(sum.functions.values.reduce(0) { $0 + $1.values[2] })
  }

  /// A profile, unchanged.
  init(_ profile: StatsProfile) throws {
    var rows: [Function: [UInt64]] = [:]
    var edges: [[Function]: [UInt64]] = [:]
    for row in profile.functions {
      try expectEqual(rows[row.function] == nil, true, "\(row.function) stands there once")
      rows[row.function] = Self.bits(row.statistics)
      for edge in row.callers {
        let ends = [edge.caller, row.function]
        try expectEqual(edges[ends] == nil, true, "the edge \(ends) stands there once")
        switch edge.figures {
        case .full(let statistics): edges[ends] = Self.bits(statistics)
        case .countOnly(let count): edges[ends] = Self.words(count)
        }
      }
    }
    (self.rows, self.edges) = (rows, edges)
    totalTime = profile.totalTime.bitPattern
  }

  private static func bits(_ figures: NaiveSum.Figures) -> [UInt64] {
    figures.values.prefix(2).flatMap(words) + figures.values.dropFirst(2).map(seconds)
  }

  private static func bits(_ statistics: CallStatistics) -> [UInt64] {
    words(statistics.callCount) + words(statistics.primitiveCallCount)
      + [statistics.selfTime.bitPattern, statistics.cumulativeTime.bitPattern]
  }

  private static func words(_ count: CallCount) -> [UInt64] {
    [UInt64(truncatingIfNeeded: count >> 64), UInt64(truncatingIfNeeded: count)]
  }

  private static func seconds(_ nanoseconds: Int128) -> UInt64 {
    (Double(nanoseconds) * 1e-9).bitPattern
  }
}
