// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

struct CallTreeTests {
  /// A function with its self and cumulative time in seconds, and callers in the same form.
  private static func row(
    _ name: ByteString,
    _ selfTime: Double,
    _ cumulativeTime: Double,
    calls: CallCount = 1,
    primitive: CallCount? = nil,
    from callers: [(name: ByteString, selfTime: Double, cumulativeTime: Double)] = []
  ) -> FunctionProfile {
    FunctionProfile(
      function: .at("a.py", 1, name),
      statistics: .of(calls, primitive: primitive, selfTime, cumulativeTime),
      callers: callers.map {
        CallEdge(
          caller: .at("a.py", 1, $0.name),
          figures: .full(.of(1, $0.selfTime, $0.cumulativeTime))
        )
      }
    )
  }

  /// Lines such as `main/f 1000 300 =` for each node: its path, cumulative and self time in
  /// milliseconds, `=` where both are exact, `*` where calls back are counted.
  private static func lines(_ tree: CallTree) -> [String] {
    tree.nodes.indices.dropFirst().map { index in
      let node = tree.nodes[index]
      let path = tree.stack(of: index).map(\.name.string).joined(separator: "/")
      let times = "\(node.cumulativeTime.count / 1_000_000) \(node.selfTime.count / 1_000_000)"
      let isExact = node.isCumulativeTimeExact && node.isSelfTimeExact
      return "\(path) \(times)\(isExact ? " =" : "")\(node.isRecursive ? " *" : "")"
    }
  }

  /// flameprof#11: each of two callers has a function of its own called by a third one.
  private static let dispatch = StatsProfile(functions: [
    row("main", 0, 1),
    row("x", 0, 0.4, from: [("main", 0, 0.4)]),
    row("y", 0, 0.6, from: [("main", 0, 0.6)]),
    row("dispatch", 0.1, 1, calls: 2, from: [("x", 0.1, 0.4), ("y", 0, 0.6)]),
    row("a", 0.3, 0.3, from: [("dispatch", 0.3, 0.3)]),
    row("b", 0.6, 0.6, from: [("dispatch", 0.6, 0.6)]),
  ])

  @Test func `a function with two callers is exact below both, and apportioned further down`()
    throws
  {
    let tree = try CallTree(Self.dispatch)
    #expect(
      Self.lines(tree) == [
        "main 1000 0 =", "main/y 600 0 =", "main/x 400 0 =",
        "main/y/dispatch 600 0 =", "main/y/dispatch/b 400 400", "main/y/dispatch/a 200 200",
        "main/x/dispatch 400 100 =", "main/x/dispatch/b 200 200", "main/x/dispatch/a 100 100",
      ]
    )
    #expect(tree.contradiction == nil)
    #expect(tree.totalTime == Nanoseconds(1_000_000_000))
  }

  @Test func `recursion is one node`() throws {
    let tree = try CallTree(
      StatsProfile(functions: [
        Self.row("main", 0.1, 1),
        Self.row("fib", 0.9, 0.9, calls: 2, from: [("main", 0.05, 0.9), ("fib", 0.85, 0.8)]),
      ])
    )
    #expect(Self.lines(tree) == ["main 1000 100 =", "main/fib 900 900 = *"])
    #expect(tree.nodes[2].callCount == 2)
  }

  /// Two functions that call each other, with a leaf that both call.
  private static func circle(primitiveCallsOfOdd: CallCount) -> StatsProfile {
    StatsProfile(functions: [
      row("main", 0, 1),
      row(
        "even",
        0.3,
        1,
        calls: 2,
        primitive: 1,
        from: [("main", 0.2, 1), ("odd", 0.1, 0.5)]
      ),
      row("odd", 0.3, 0.8, primitive: primitiveCallsOfOdd, from: [("even", 0.3, 0.8)]),
      row("leaf", 0.4, 0.4, calls: 2, from: [("even", 0.1, 0.1), ("odd", 0.3, 0.3)]),
    ])
  }

  @Test func `a circle is unfolded at the function that enters it`() throws {
    let tree = try CallTree(Self.circle(primitiveCallsOfOdd: 0))
    #expect(
      Self.lines(tree) == [
        "main 1000 0 =", "main/even 1000 300 = *", "main/even/odd 600 300",
        "main/even/leaf 100 100 =", "main/even/odd/leaf 300 300 =",
      ]
    )
    #expect(tree.nodes[3].isSelfTimeExact)
  }

  @Test func `a callee that took longer than any call back belongs to the outermost call`() throws {
    let tree = try CallTree(Self.circle(primitiveCallsOfOdd: 1))
    #expect(
      Self.lines(tree) == [
        "main 1000 0 =", "main/even 1000 200 =", "main/even/odd 800 300 =",
        "main/even/odd/leaf 300 300 =", "main/even/odd/even 200 100",
        // Which of the two called it is not certain.
        "main/even/odd/even/leaf 100 100",
      ]
    )
  }

  @Test func `calls that no caller made are calls of the root`() throws {
    let tree = try CallTree(
      StatsProfile(functions: [
        Self.row("main", 0.1, 0.4),
        Self.row("thread", 0.5, 0.5, calls: 2, from: [("main", 0.3, 0.3)]),
      ])
    )
    #expect(Self.lines(tree) == ["main 400 100 =", "thread 200 200 =", "main/thread 300 300 ="])
  }

  @Test func `callers without figures and circles that nobody enters lose nothing`() throws {
    let tree = try CallTree(
      StatsProfile(functions: [
        Self.row("f", 0.2, 0.2, from: [("unknown", 0.2, 0.2)]),
        Self.row("a", 0.1, 0.3, from: [("b", 0.1, 0.2)]),
        Self.row("b", 0.2, 0.3, from: [("a", 0.2, 0.3)]),
      ])
    )
    #expect(
      Self.lines(tree) == ["a 300 100 = *", "unknown 200 0", "a/b 200 200", "unknown/f 200 200 ="]
    )
    #expect(tree.contradiction == nil)
  }

  @Test func `edges that have counts alone divide by counts`() throws {
    func counted(
      _ name: ByteString,
      _ time: Double,
      _ callers: KeyValuePairs<ByteString, CallCount>
    )
      -> FunctionProfile
    {
      FunctionProfile(
        function: .at("a.py", 1, name),
        statistics: .of(callers.reduce(0) { $0 + $1.value }, time, time),
        callers: callers.map { CallEdge(caller: .at("a.py", 1, $0), figures: .countOnly($1)) }
      )
    }
    let tree = try CallTree(
      StatsProfile(functions: [
        counted("main", 0, [:]), counted("x", 0, ["main": 1]), counted("y", 0, ["main": 1]),
        counted("f", 0.4, ["x": 3, "y": 1]),
      ])
    )
    #expect(tree.basis == .calls)
    #expect(
      Self.lines(tree) == [
        "main 400 0", "main/x 300 0", "main/y 100 0", "main/x/f 300 300", "main/y/f 100 100",
      ]
    )
    #expect(tree.nodes[4].callCount == 3)
  }

  @Test func `narrow functions are hidden in their caller`() throws {
    let tree = try CallTree(Self.dispatch, options: .init(minimumShare: 0.25))
    let dispatch = tree.nodes.first { $0.depth == 3 }
    #expect(dispatch?.hiddenTime == Nanoseconds(200_000_000))
    #expect(dispatch?.hiddenFunctions == 1)
    #expect(tree.contradiction == nil)
    #expect(!tree.isCutShort)
  }

  @Test func `nothing is a tree of nothing`() throws {
    for profile in [StatsProfile(), StatsProfile(functions: [Self.row("main", 0, 0)])] {
      let tree = try CallTree(profile)
      #expect(tree.nodes.count == 1)
      #expect(tree.totalTime == Nanoseconds(0))
    }
  }

  @Test func `times below zero are told of`() throws {
    let tree = try CallTree(
      StatsProfile(functions: [Self.row("main", -0.25, 0.5), Self.row("f", 0.5, 0.5)])
    )
    #expect(tree.negativeTime == Nanoseconds(-250_000_000))
    #expect(tree.totalTime == Nanoseconds(500_000_000))
  }

  @Test(arguments: [Double.nan, .infinity, 1e10, -1e300])
  func `a time that has no nanoseconds is refused`(time: Double) throws {
    let profile = StatsProfile(functions: [Self.row("main", time, 0)])
    let error = #expect(throws: CallTreeError.self) { try CallTree(profile) }
    #expect(error?.description.hasPrefix("self time of a.py:1(main): expected") == true)
  }

  @Test func `a sum beyond 146 years is refused`() throws {
    let profile = StatsProfile(functions: [Self.row("a", 4e9, 0), Self.row("b", 4e9, 0)])
    #expect(throws: CallTreeError.totalOutOfRange) { try CallTree(profile) }
  }
}
