// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

/// The expected figures are those of CPython's `pstats.Stats.strip_dirs`.
struct StrippingTests {
  private static let f = (Function.at("/p/a.py", 1, "f"), Function.at("/q/a.py", 1, "f"))

  private static let profile = StatsProfile(functions: [
    FunctionProfile(function: f.0, statistics: .of(4, 0.1, 0.4)),
    FunctionProfile(
      function: f.1,
      statistics: .of(6, 0.2, 0.6),
      callers: [CallEdge(caller: .at("/p/m.py", 3, "m"), figures: .full(.of(6, 0.2, 0.6)))]
    ),
    FunctionProfile(
      function: .at("/p/c.py", 2, "g"),
      statistics: .of(10, -0.0, 0.7),
      callers: [
        CallEdge(caller: f.0, figures: .full(.of(4, 0.1, 0.25))),
        CallEdge(caller: f.1, figures: .full(.of(6, 0.2, 0.45))),
      ]
    ),
    FunctionProfile(function: .at("/p/d.py", 1, "d"), statistics: .of(1, -0.0, 0)),
    FunctionProfile(
      function: .at("/q/c.py", 2, "g"),
      statistics: .of(2, primitive: 1, 0.3, 0.3),
      callers: [CallEdge(caller: f.1, figures: .full(.of(2, primitive: 1, 0.3, 0.3)))]
    ),
  ])

  private static func callersOfG(_ collision: StatsProfile.CallerCollision) -> [CallEdge] {
    profile.strippingDirectories(callerCollision: collision).functions[1].callers
  }

  @Test
  func `functions that become the same are summed in the first one's place`() {
    let stripped = Self.profile.strippingDirectories()
    #expect(
      stripped.functions.map(\.function.description) == ["a.py:1(f)", "c.py:2(g)", "d.py:1(d)"]
    )
    #expect(stripped.functions[0].statistics == .of(10, 0.30000000000000004, 1))
    #expect(stripped.functions[1].statistics == .of(12, primitive: 11, 0.3, 1))
    #expect(stripped.functions[0].callers.map(\.caller) == [.at("m.py", 3, "m")])
  }

  @Test
  func `callers that become the same are summed`() {
    let edge = CallStatistics.of(12, primitive: 11, 0.30000000000000004 + 0.3, 0.7 + 0.3)
    #expect(
      Self.callersOfG(.summed) == [CallEdge(caller: .at("a.py", 1, "f"), figures: .full(edge))]
    )
  }

  @Test
  func `or the last one wins as in CPython`() {
    let edge = CallStatistics.of(8, primitive: 7, 0.5, 0.75)
    #expect(
      Self.callersOfG(.lastWins) == [CallEdge(caller: .at("a.py", 1, "f"), figures: .full(edge))]
    )
  }

  @Test
  func `the total stays as it was`() {
    let stripped = Self.profile.strippingDirectories()
    #expect(stripped.totalTime.bitPattern == Self.profile.totalTime.bitPattern)
    #expect(stripped.totalCalls == Self.profile.totalCalls)
  }

  @Test
  func `a function of its own keeps minus zero`() {
    let stripped = Self.profile.strippingDirectories()
    #expect(stripped.functions[2].statistics.selfTime.sign == .minus)
  }

  @Test(
    arguments: [
      ("/a/b/c.py", "c.py"), ("c.py", "c.py"), ("/a/b/", ""), ("<frozen x/y>", "y>"),
      ("C:\\x\\y.py", "C:\\x\\y.py"), ("/home/~", "~"), ("", ""), ("//", ""),
    ] as [(ByteString, ByteString)]
  )
  func `the folder ends at the last slash`(_ file: ByteString, _ expected: ByteString) {
    let profile = StatsProfile(functions: [
      FunctionProfile(function: .at(file, 7, "h"), statistics: .zero)
    ])
    #expect(profile.strippingDirectories().functions[0].function == .at(expected, 7, "h"))
  }

  @Test
  func `callers known by their counts alone are summed or replaced as well`() {
    let profile = StatsProfile(functions: [
      FunctionProfile(
        function: .at("/p/c.py", 2, "g"),
        statistics: .of(10, 0.5, 0.7),
        callers: [
          CallEdge(caller: Self.f.0, figures: .countOnly(4)),
          CallEdge(caller: Self.f.1, figures: .countOnly(6)),
        ]
      )
    ])
    #expect(profile.strippingDirectories().functions[0].callers.map(\.callCount) == [10])
    let asCPython = profile.strippingDirectories(callerCollision: .lastWins)
    #expect(asCPython.functions[0].callers.map(\.callCount) == [6])
  }

  @Test
  func `stripping twice is stripping once`() {
    let once = Self.profile.strippingDirectories()
    #expect(once.strippingDirectories() == once)
  }
}
