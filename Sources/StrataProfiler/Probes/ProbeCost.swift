// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// What a probe itself takes, to be taken off the times that are measured.
///
/// Nothing is taken off unless asked for, since a cost measured once is an estimate: caches and the clock
/// change it. It is taken off synchronous calls; asynchronous ones keep what probes within them took.
/// What is taken off is given by ``ProfilerSnapshot/probeCost`` and in the labels of records.
public struct ProbeCost: Hashable, Sendable {
  /// The part of a probe that its call is measured too long.
  public var inside: Nanoseconds
  /// The part of a probe that the caller is measured too long, besides those.
  public var around: Nanoseconds

  /// Nothing.
  public static let none = ProbeCost(inside: 0, around: 0)

  /// Creates a cost.
  public init(inside: Nanoseconds, around: Nanoseconds) {
    self.inside = inside
    self.around = around
  }

  /// Measures the cost on this machine: the median of some hundred rounds, a few milliseconds.
  public static func calibrated(clock: ProfilerClock = .wall) -> ProbeCost {
    let rounds = (0..<256).map { _ in round(clock) }
    return ProbeCost(
      inside: rounds.map(\.inside).sorted()[rounds.count / 2],
      around: rounds.map(\.around).sorted()[rounds.count / 2]
    )
  }

  /// A hundred empty calls in one: what they took themselves, and what the one took besides them.
  private static func round(_ clock: ProfilerClock) -> ProbeCost {
    let profiler = Profiler(clock: clock)
    let count: Int64 = 100
    profiler.run {
      profiler.measure("empty") {}
      profiler.clear()
      profiler.measure("calls") {
        for _ in 0..<count { profiler.measure("empty") {} }
      }
    }
    var cost = ProbeCost.none
    for function in profiler.statsProfile().functions {
      let time = Nanoseconds(Int64(function.statistics.selfTime * 1e9) / count)
      if function.function.name == "empty" { cost.inside = time } else { cost.around = time }
    }
    return cost
  }
}

extension ProbeCost: CustomStringConvertible {
  /// Both parts, as `30+40 ns`.
  public var description: String { "\(inside.count)+\(around.count) ns" }
}
