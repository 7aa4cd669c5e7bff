// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

/// The expected sums are those of CPython's `pstats.Stats.add`.
struct ProfileMergerTests {
  private static let (f, g, m) = (
    Function.at("/p/a.py", 1, "f"), Function.at("/p/b.py", 2, "g"), Function.at("/p/m.py", 1, "m")
  )
  private static let (n, x) = (Function.at("/p/new.py", 9, "n"), Function.at("/p/x.py", 5, "x"))

  private static let first = StatsProfile(functions: [
    FunctionProfile(
      function: f,
      statistics: .of(3, primitive: 1, 0.1, 0.2),
      callers: [CallEdge(caller: m, figures: .full(.of(3, primitive: 1, 0.1, 0.2)))]
    ),
    FunctionProfile(function: g, statistics: .of(0, -0.0, -0.0)),
    FunctionProfile(function: m, statistics: .of(1, 0.7, 1.0)),
  ])

  private static let second = StatsProfile(functions: [
    FunctionProfile(
      function: n,
      statistics: .of(2, -0.0, -0.0),
      callers: [CallEdge(caller: f, figures: .full(.of(2, -0.0, -0.0)))]
    ),
    FunctionProfile(
      function: f,
      statistics: .of(5, primitive: 2, 0.2, 0.3),
      callers: [
        CallEdge(caller: x, figures: .full(.of(1, 0.05, 0.06))),
        CallEdge(caller: m, figures: .full(.of(4, primitive: 1, 0.15, 0.24))),
      ]
    ),
    FunctionProfile(function: g, statistics: .of(1, -0.0, 0.3)),
  ])

  @Test
  func `functions and callers are summed, and new ones appended`() {
    let expected = StatsProfile(functions: [
      FunctionProfile(
        function: Self.f,
        statistics: .of(8, primitive: 3, 0.30000000000000004, 0.5),
        callers: [
          CallEdge(caller: Self.m, figures: .full(.of(7, primitive: 2, 0.25, 0.44))),
          CallEdge(caller: Self.x, figures: .full(.of(1, 0.05, 0.06))),
        ]
      ),
      FunctionProfile(function: Self.g, statistics: .of(1, 0, 0.3)),
      FunctionProfile(function: Self.m, statistics: .of(1, 0.7, 1.0)),
      FunctionProfile(
        function: Self.n,
        statistics: .of(2, 0, 0),
        callers: [CallEdge(caller: Self.f, figures: .full(.of(2, 0, 0)))]
      ),
    ])
    let merged = Self.first.merged(with: Self.second)
    #expect(merged == expected)
    #expect(merged.totalCalls == 12)
    #expect(merged.primitiveCalls == 7)
  }

  @Test
  func `minus zero stays where CPython keeps it`() throws {
    let merged = Self.first.merged(with: Self.second).functions
    let times = merged.map(\.statistics.selfTime)
    #expect(times.map(\.sign) == [.plus, .minus, .plus, .plus])
    guard case .full(let edge) = try #require(merged[3].callers.first).figures else {
      Issue.record("the caller has no figures")
      return
    }
    #expect(edge.selfTime.sign == .minus)
  }

  @Test
  func `the total is the sum of the totals, not of the rows`() {
    let one = StatsProfile(functions: [
      FunctionProfile(function: .at("a", 1, "a"), statistics: .of(1, 0.1, 0.1)),
      FunctionProfile(function: .at("b", 1, "b"), statistics: .of(1, 0.2, 0.2)),
    ])
    let two = StatsProfile(functions: [
      FunctionProfile(function: .at("a", 1, "a"), statistics: .of(1, 0.3, 0.1)),
      FunctionProfile(function: .at("b", 1, "b"), statistics: .of(1, 1e16, 0.2)),
      FunctionProfile(function: .at("c", 1, "c"), statistics: .of(1, -1e16, 0.2)),
    ])
    let merged = one.merged(with: two)
    #expect(merged.totalTime == 0.30000000000000004)
    #expect(merged.functions.reduce(0) { $0 + $1.statistics.selfTime } == 0)
  }

  @Test
  func `merging into nothing changes nothing`() {
    let merged = StatsProfile().merged(with: Self.first)
    #expect(merged == Self.first)
    #expect(merged.totalTime == Self.first.totalTime)
    #expect(merged.functions[1].statistics.selfTime.sign == .minus)
    #expect(StatsProfile().functions.isEmpty)
    #expect(StatsProfile().totalTime == 0)
  }

  @Test
  func `a count alone makes the sum of an edge a count alone`() {
    func edge(_ figures: CallEdge.Figures) -> StatsProfile {
      StatsProfile(functions: [
        FunctionProfile(
          function: Self.f,
          statistics: .of(1, 1, 1),
          callers: [CallEdge(caller: Self.m, figures: figures)]
        )
      ])
    }
    let full = edge(.full(.of(3, primitive: 2, 1, 2)))
    let count = edge(.countOnly(4))
    for merged in [full.merged(with: count), count.merged(with: full)] {
      #expect(merged.functions[0].callers == [CallEdge(caller: Self.m, figures: .countOnly(7))])
    }
    let counts = count.merged(with: count)
    #expect(counts.functions[0].callers.map(\.callCount) == [8])
  }

  @Test
  func `counts stay at the largest value instead of wrapping`() {
    func profile(_ count: CallCount) -> StatsProfile {
      StatsProfile(functions: [
        FunctionProfile(
          function: Self.f,
          statistics: .of(count, 0, 0),
          callers: [CallEdge(caller: Self.m, figures: .countOnly(count))]
        )
      ])
    }
    let large = profile(.max).merged(with: profile(1))
    #expect(large.functions[0].statistics.callCount == .max)
    #expect(large.functions[0].callers[0].callCount == .max)
    #expect(profile(.min).merged(with: profile(-1)).totalCalls == .min)
    #expect(Int128.max.addingSaturated(-1) == Int128.max - 1)
  }

  @Test
  func `a function given twice is summed`() {
    let row = FunctionProfile(function: Self.f, statistics: .of(3, primitive: 1, 0.5, 1))
    let profile = StatsProfile(functions: [row, row])
    #expect(profile.functions.map(\.statistics) == [.of(6, primitive: 2, 1, 2)])
    #expect(profile.totalTime == 1)
  }

  @Test
  func `the order is part of a profile`() {
    let rows = Array(Self.first.functions)
    #expect(StatsProfile(functions: rows) == Self.first)
    #expect(StatsProfile(functions: rows.reversed()) != Self.first)
  }

  @Test
  func `merging many is merging one by one`() {
    var random = SeededGenerator(seed: 9)
    let profiles = (0..<20).map { _ in
      StatsProfile(
        functions: (0..<10).map { _ in
          FunctionProfile(
            function: .at("a", Int.random(in: 0..<15, using: &random), "f"),
            statistics: .of(1, Double.random(in: 0..<1, using: &random), 1),
            callers: [
              CallEdge(
                caller: .at("a", Int.random(in: 0..<5, using: &random), "c"),
                figures: .countOnly(1)
              )
            ]
          )
        }
      )
    }
    var merger = ProfileMerger()
    for profile in profiles { merger.add(profile) }
    let single = profiles.dropFirst().reduce(profiles[0]) { $0.merged(with: $1) }
    #expect(merger.profile == single)
    #expect(merger.profile.totalTime == single.totalTime)
  }
}
