// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

/// What the figures of a profile say against themselves.
struct SuspicionTests {
  private static func function(
    _ name: ByteString,
    _ figures: CallStatistics,
    callers: [(ByteString, CallEdge.Figures)] = []
  ) -> FunctionProfile {
    FunctionProfile(
      function: .at("a.py", 1, name),
      statistics: figures,
      callers: callers.map { CallEdge(caller: .at("a.py", 1, $0.0), figures: $0.1) }
    )
  }

  private static func codes(_ functions: [FunctionProfile]) -> [String] {
    StatsProfile(functions: functions).suspicions.map(\.code.rawValue)
  }

  @Test func `an honest profile raises none`() {
    let recursive = Self.function(
      "fib",
      .of(9, primitive: 1, 2, 3),
      callers: [("main", .full(.of(1, 1, 3))), ("fib", .full(.of(8, primitive: 2, 1, 2)))]
    )
    #expect(Self.codes([Self.function("main", .of(1, 1, 4)), recursive]) == [])
    #expect(Self.codes([]) == [])
  }

  /// Two lambdas on a line: 100 and 7 calls, of which cProfile keeps the 7; both call the leaf.
  @Test func `an entry that two functions share is told by what it called`() {
    let profile = StatsProfile(functions: [
      Self.function("lambda", .of(7, 0.07, 0.14)),
      Self.function(
        "leaf",
        .of(107, 1.07, 1.07),
        callers: [("lambda", .full(.of(107, 1.07, 1.07)))]
      ),
    ])
    #expect(profile.suspicions == [.figuresLost(count: 1, example: .at("a.py", 1, "lambda"))])
  }

  @Test func `rounding is no evidence`() {
    let callee = Self.function(
      "leaf",
      .of(1, 0.1, 0.100_000_000_9),
      callers: [("f", .full(.of(1, 0.1, 0.100_000_000_9)))]
    )
    #expect(Self.codes([Self.function("f", .of(1, 0.2, 0.3)), callee]) == [])
  }

  @Test func `recursion without a cycle means that threads were mixed`() {
    let mixed = [
      Self.function("busy", .of(2, primitive: 1, 1, 9)),
      Self.function(
        "leaf",
        .of(120, primitive: 61, 8, 8),
        callers: [("busy", .full(.of(120, primitive: 61, 8, 8)))]
      ),
    ]
    #expect(Self.codes(mixed) == ["threadsMixed"])
    // Without edges (subcalls=False) nothing is known.
    #expect(Self.codes([Self.function("f", .of(2, primitive: 1, 1, 1))]) == [])
  }

  @Test func `mutual recursion is a cycle`() {
    let functions = [
      Self.function("even", .of(6, primitive: 1, 1, 2), callers: [("odd", .full(.of(5, 1, 2)))]),
      Self.function("odd", .of(5, primitive: 1, 1, 2), callers: [("even", .full(.of(5, 1, 2)))]),
    ]
    #expect(Self.codes(functions) == [])
  }

  @Test func `times below zero or without a value are told`() {
    let functions = [
      Self.function("a", .of(1, -1, 1)), Self.function("b", .of(1, 1, -0.001)),
      Self.function("c", .of(1, .nan, 1)), Self.function("d", .of(1, 1, .infinity)),
    ]
    #expect(
      StatsProfile(functions: functions).suspicions == [
        .negativeTimes(count: 2, example: .at("a.py", 1, "a")),
        .timesWithoutValue(count: 2, example: .at("a.py", 1, "c")),
      ]
    )
  }

  @Test func `addresses are told, and what they split`() {
    func new(_ address: String) -> FunctionProfile {
      Self.function(ByteString("<built-in method __new__ of type object at 0x\(address)>"), .zero)
    }
    let warnings = StatsProfile(functions: [new("1f"), new("2e"), Self.function("f", .zero)])
      .suspicions
    #expect(warnings == [.addresses(count: 2, repeated: 1, example: new("1f").function)])
    #expect("\(warnings[0])".contains("1 of them repeat a function that is already listed"))
  }

  /// A chain of 100,000 calls that closes: no recursion of our own.
  @Test func `a long cycle is found without a deep stack`() {
    let count = 100_000
    let functions = (0..<count).map { index in
      Self.function(
        ByteString("f\(index)"),
        .of(2, primitive: 1, 0, 0),
        callers: [(ByteString("f\((index + 1) % count)"), .full(.of(1, 0, 0)))]
      )
    }
    let graph = CallCycles(StatsProfile(functions: functions))
    #expect(graph.isInCycle.allSatisfy { $0 })
    let open = CallCycles(StatsProfile(functions: functions.dropLast()))
    #expect(!open.isInCycle.contains(true))
  }
}
