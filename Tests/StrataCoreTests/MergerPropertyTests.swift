// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

/// Sums of random profiles, beside sums that are taken in the plainest way.
struct MergerPropertyTests {
  /// Functions and their callers in the order of first mention, summed in dictionaries.
  private struct PlainSum {
    private var order: [Function] = []
    private var figures: [Function: CallStatistics] = [:]
    private var callerOrder: [Function: [Function]] = [:]
    private var callers: [Function: [Function: CallEdge.Figures]] = [:]

    mutating func add(_ profile: StatsProfile) {
      for function in profile.functions {
        let key = function.function
        if figures[key] == nil { order.append(key) }
        figures[key, default: .zero].add(function.statistics)
        for edge in function.callers {
          if var sum = callers[key]?[edge.caller] {
            sum.add(edge.figures)
            callers[key]?[edge.caller] = sum
          } else {
            callers[key, default: [:]][edge.caller] = edge.figures
            callerOrder[key, default: []].append(edge.caller)
          }
        }
      }
    }

    var functions: [FunctionProfile] {
      order.map { key in
        FunctionProfile(
          function: key,
          statistics: figures[key] ?? .zero,
          callers: (callerOrder[key] ?? []).compactMap { caller in
            callers[key]?[caller].map { CallEdge(caller: caller, figures: $0) }
          }
        )
      }
    }
  }

  /// Counts around the places where they need more bits, and those that no profiler writes.
  private static let largeCounts: [CallCount] = [
    CallCount(Int32.max) - 1, CallCount(Int32.max), CallCount(Int32.max) + 1,
    CallCount(UInt32.max), CallCount(Int64.max), .max / 2, .max, .min, -1, CallCount(Int32.min),
  ]

  /// A profile of functions from a small world, in any order; times are whole, so sums are exact.
  private static func profile(_ generator: inout SeededGenerator, world: Int) -> StatsProfile {
    func function(_ number: Int) -> Function { .at("a.py", number, "f") }
    func calls(_ generator: inout SeededGenerator) -> CallCount {
      Bool.random(using: &generator)
        ? CallCount(Int.random(in: 0...9, using: &generator))
        : Self.largeCounts.randomElement(using: &generator) ?? 0
    }
    func figures(_ generator: inout SeededGenerator) -> CallStatistics {
      .of(calls(&generator), primitive: calls(&generator), 1, 2)
    }
    let count = Int.random(in: 0...world, using: &generator)
    return StatsProfile(
      functions: (0..<world).shuffled(using: &generator).prefix(count).map { number in
        let callerCount = Int.random(in: 0...min(world, 20), using: &generator)
        return FunctionProfile(
          function: function(number),
          statistics: figures(&generator),
          callers: (0..<world).shuffled(using: &generator).prefix(callerCount).map { caller in
            CallEdge(
              caller: function(caller),
              figures: Bool.random(using: &generator)
                ? .countOnly(calls(&generator)) : .full(figures(&generator))
            )
          }
        )
      }
    )
  }

  @Test(arguments: 0..<60)
  func `merging is summing function by function and caller by caller`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var merger = ProfileMerger()
    var plain = PlainSum()
    let world = Int.random(in: 1...40, using: &generator)
    for _ in 0..<Int.random(in: 1...8, using: &generator) {
      let profile = Self.profile(&generator, world: world)
      merger.add(profile)
      plain.add(profile)
    }
    #expect(Array(merger.profile.functions) == plain.functions)
  }

  @Test func `a profile that was looked at can be added to`() {
    var generator = SeededGenerator(seed: 7)
    let first = Self.profile(&generator, world: 30)
    let second = Self.profile(&generator, world: 30)
    var merger = ProfileMerger()
    merger.add(first)
    #expect(merger.profile == first)
    merger.add(second)
    #expect(merger.profile == first.merged(with: second))
    let third = FunctionProfile(function: .at("b.py", 1, "g"), statistics: .of(1, 1, 1))
    merger.add(third)
    #expect(merger.profile.functions.last == third)
  }
}
