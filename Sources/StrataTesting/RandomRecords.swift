// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// Records like those of real programs, and stranger ones, the same in every run.
public struct RandomRecords {
  /// How the times of a profile were measured.
  public enum Times: CaseIterable, Sendable {
    /// Whole nanoseconds, as cProfile writes them.
    case nanoseconds
    /// Whole microseconds, as old Pythons wrote them.
    case microseconds
    /// Mostly whole nanoseconds, some the sum of two.
    case patched
    /// Any number, as `profile` and pyinstrument write them.
    case any
    /// The borders of what a store keeps.
    case extreme
  }

  private var random: SeededGenerator
  private let functions: [Function]

  /// Creates a source of records that name up to `functionCount` functions.
  public init(seed: UInt64, functionCount: Int = 60) {
    random = SeededGenerator(seed: seed)
    functions = (0..<functionCount).map(Self.function)
  }

  private static func function(_ number: Int) -> Function {
    switch number % 8 {
    case 0:
      Function(file: "~", line: 0, name: ByteString("<built-in method f\(number)>"))
    case 1:
      Function(
        file: "~",
        line: 0,
        name: ByteString("<built-in method new of type object at 0x7ff\(number)>")
      )
    case 2:
      // A lone surrogate, a NUL and a byte that is no UTF-8: names are bytes.
      Function(file: ByteString([0xED, 0xB2, 0x80, 0, 0xFF]), line: number, name: "lambda")
    default:
      Function(
        file: ByteString("/srv/app/module\(number / 8).py"),
        line: number,
        name: ByteString("function\(number % 5)")
      )
    }
  }

  /// A profile of about `count` functions.
  public mutating func profile(_ times: Times, count: Int) -> StatsProfile {
    let rows = functions.shuffled(using: &random).prefix(count)
    return StatsProfile(
      functions: rows.map { function in
        FunctionProfile(
          function: function,
          statistics: statistics(times),
          callers: callers(times)
        )
      }
    )
  }

  private mutating func callers(_ times: Times) -> [CallEdge] {
    // Callers without a row of their own come by themselves: not every function is a row.
    functions.shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random)).map {
      let isCountOnly = Int.random(in: 0..<4, using: &random) == 0
      let figures = statistics(times)
      return CallEdge(
        caller: $0,
        figures: isCountOnly ? .countOnly(figures.callCount) : .full(figures)
      )
    }
  }

  private mutating func statistics(_ times: Times) -> CallStatistics {
    let calls = callCount(times)
    let recursive: CallCount = Bool.random(using: &random) ? 0 : min(calls, 2)
    let own = time(times)
    let isLeaf = Bool.random(using: &random)
    return CallStatistics(
      callCount: calls,
      primitiveCallCount: times == .extreme ? callCount(times) : calls - recursive,
      selfTime: own,
      cumulativeTime: isLeaf ? own : time(times)
    )
  }

  private mutating func callCount(_ times: Times) -> CallCount {
    guard times == .extreme else {
      return Bool.random(using: &random) ? 1 : .random(in: 1...5_000, using: &random)
    }
    return [-1, 0, 1, CallCount(Int64.min), CallCount(Int64.max)].randomElement(using: &random) ?? 0
  }

  /// A time in seconds.
  public mutating func time(_ times: Times) -> Double {
    let limit = Int64(1) << Int64.random(in: 4...36, using: &random)
    let nanoseconds = Int64.random(in: 0...limit, using: &random)
    switch times {
    case .nanoseconds:
      return Double(nanoseconds) * 1e-9
    case .microseconds:
      return Double(nanoseconds) * 1e-6
    case .patched:
      let time = Double(nanoseconds) * 1e-9
      return Int.random(in: 0..<20, using: &random) == 0 ? time + 3e-9 + 7e-9 : time
    case .any:
      return Double.random(in: -0.001...100, using: &random)
    case .extreme:
      // The number next to the limit is a little more than it.
      let longest = (Double(Nanoseconds.limit) * 1e-9).nextDown
      let values = [
        0, -0.0, longest, -longest, .leastNonzeroMagnitude, -.leastNormalMagnitude, 1e-9, 0.5e-9,
        0.1,
        (1e9).nextUp, 4_503_599.627370497, -1e-6, 5e-10.nextUp,
      ]
      return values.randomElement(using: &random) ?? 0
    }
  }

  /// A record with an id, a start and labels of its own.
  public mutating func record(_ number: Int, _ times: Times, count: Int = 20) -> Capture {
    Capture(
      id: ProfileID(given: "record \(number)"),
      start: Timestamp(nanoseconds: 1_767_603_600_000_000_000 + Int64(number) * 60_000_000_000),
      duration: number % 3 == 0 ? nil : .nanoseconds(Int64(number) * 1_000_003),
      timeSource: TimeSource.allCases[number % TimeSource.allCases.count],
      kind: ProfileKind.allCases[number % ProfileKind.allCases.count],
      clock: ProfileClock.allCases[number % ProfileClock.allCases.count],
      weight: Weight(exactMillionths: Int64(number) * 500_000 + 1) ?? .one,
      covers: number % 4 == 3 ? .unknown : .call,
      labels: ["service": "web", "endpoint": "/\(number % 4)", "nul": "a\0b", "e\u{301}": "é"],
      profile: profile(times, count: count)
    )
  }
}
