// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting

/// Profiles that show every kind of frame.
enum FlameSamples {
  /// A function with its self and cumulative time in milliseconds, and callers in the same form.
  private struct Row {
    var function: Function
    var selfTime: Int
    var cumulativeTime: Int
    var callers: [(function: Function, calls: Int, selfTime: Int, cumulativeTime: Int)] = []

    func profile(withTimes: Bool = true) -> FunctionProfile {
      let calls = callers.reduce(0) { $0 + $1.calls }
      return FunctionProfile(
        function: function,
        statistics: .of(
          CallCount(max(1, calls)),
          primitive: callers.contains { $0.function == function } ? 1 : nil,
          Double(selfTime) / 1_000,
          Double(cumulativeTime) / 1_000
        ),
        callers: callers.map { caller in
          let figures = CallStatistics.of(
            CallCount(caller.calls),
            Double(caller.selfTime) / 1_000,
            Double(caller.cumulativeTime) / 1_000
          )
          return CallEdge(
            caller: caller.function,
            figures: withTimes ? .full(figures) : .countOnly(CallCount(caller.calls))
          )
        }
      )
    }
  }

  private static let main = Samples.function("/srv/app/main.py", 3, "main")
  private static let search = Samples.function("/srv/app/search.py", 10, "search")
  private static let index = Samples.function("/srv/app/search.py", 90, "index")
  private static let dispatch = Samples.function("/srv/app/main.py", 40, "dispatch")
  private static let render = Samples.function("/srv/app/templates/page.py", 7, "render")
  private static let walk = Samples.function("/srv/app/templates/page.py", 70, "walk")
  private static let sorted = Samples.function("~", 0, "<built-in method builtins.sorted>")
  private static let small = Samples.function("/srv/app/search.py", 95, "small")

  private static let rows = [
    Row(function: main, selfTime: 0, cumulativeTime: 1_000),
    Row(function: search, selfTime: 100, cumulativeTime: 500, callers: [(main, 1, 100, 500)]),
    Row(function: index, selfTime: 90, cumulativeTime: 500, callers: [(main, 1, 90, 500)]),
    Row(function: small, selfTime: 10, cumulativeTime: 10, callers: [(index, 1, 10, 10)]),
    Row(
      function: dispatch,
      selfTime: 0,
      cumulativeTime: 800,
      callers: [(search, 1, 0, 400), (index, 1, 0, 400)]
    ),
    Row(function: render, selfTime: 0, cumulativeTime: 500, callers: [(dispatch, 2, 0, 500)]),
    Row(function: sorted, selfTime: 300, cumulativeTime: 300, callers: [(dispatch, 2, 300, 300)]),
    Row(
      function: walk,
      selfTime: 500,
      cumulativeTime: 500,
      callers: [(render, 2, 50, 500), (walk, 40, 450, 450)]
    ),
  ]

  /// Two callers of `dispatch`, a recursive `walk`, and a function that is too small.
  static var profile: StatsProfile { profile(.times) }

  /// The same with less knowledge of callers.
  static func profile(_ basis: CallTree.Basis) -> StatsProfile {
    StatsProfile(
      functions: rows.map { row in
        let withTimes =
          switch basis {
          case .times: true
          case .calls: false
          case .timesAndCalls: row.function != render
          }
        return row.profile(withTimes: withTimes)
      }
    )
  }

  /// Functions of which each calls the next one, and takes a second itself.
  static func chain(_ functions: [Function]) -> StatsProfile {
    StatsProfile(
      functions: functions.enumerated().map { index, function in
        let time = Double(functions.count - index)
        return FunctionProfile(
          function: function,
          statistics: .of(1, 1, time),
          callers: index == 0
            ? [] : [CallEdge(caller: functions[index - 1], figures: .full(.of(1, 1, time)))]
        )
      }
    )
  }
}
