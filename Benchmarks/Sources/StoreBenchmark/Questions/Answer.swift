// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery

/// A line of output: how long an answer took and, where it is to be checked, the answer.
struct Answer: Encodable {
  /// A function or an edge of a merged profile; times in nanoseconds.
  struct Figures: Encodable {
    let name: String
    let figures: [Double]
  }

  /// A series with a value for each slice.
  struct Series: Encodable {
    let name: String
    let values: [Int64]
  }

  /// Seconds of real time and of CPU.
  let wall: Double
  let cpu: Double
  /// The start of each slice and the sum of all functions in it.
  var starts: [Int64]?
  var totals: [Int64]?
  var series: [Series]?
  var functions: [Figures]?
  var edges: [Figures]?

  init(_ time: Stopwatch.Time) {
    wall = time.wall
    cpu = time.cpu
  }

  mutating func fill(_ result: SlicedSeries) {
    starts = result.slices.map(\.start.nanoseconds)
    totals = result.slices.map { Self.integer($0.total) }
    series = result.series.map {
      Series(name: "\($0.key)", values: $0.values.map(Self.integer))
    }
  }

  private static func integer(_ value: MetricValue?) -> Int64 {
    value?.exactInteger.flatMap { Int64(exactly: $0) } ?? -1
  }

  mutating func fill(_ profile: StatsProfile) {
    functions = profile.functions.map {
      Figures(name: "\($0.function)", figures: Self.figures($0.statistics))
    }
    edges = profile.functions.flatMap { function in
      function.callers.map { edge in
        guard case .full(let statistics) = edge.figures else {
          return Figures(name: "\(edge.caller) -> \(function.function)", figures: [])
        }
        return Figures(
          name: "\(edge.caller) -> \(function.function)",
          figures: Self.figures(statistics)
        )
      }
    }
  }

  private static func figures(_ statistics: CallStatistics) -> [Double] {
    [
      Double(statistics.callCount), Double(statistics.primitiveCallCount),
      statistics.selfTime * 1e9, statistics.cumulativeTime * 1e9,
    ]
  }
}
