// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

/// Graphs that would unfold without end, or nearly so.
struct CallTreeBoundTests {
  private static func function(_ number: Int) -> Function {
    .at("a.py", number, "f")
  }

  /// A profile in which each function takes a millisecond, half of it for each of two callers.
  private static func profile(
    functions: Int,
    callers: (Int) -> [Int]
  ) -> StatsProfile {
    StatsProfile(
      functions: (0..<functions).map { number in
        let callers = callers(number)
        let share = 1e-3 / Double(max(1, callers.count))
        return FunctionProfile(
          function: function(number),
          statistics: .of(CallCount(max(1, callers.count)), 1e-3, 2e-3),
          callers: callers.map {
            CallEdge(caller: function($0), figures: .full(.of(1, share, 2 * share)))
          }
        )
      }
    )
  }

  @Test func `a billion paths are not unfolded`() throws {
    let profile = Self.profile(functions: 80) { number in
      number < 2 ? [] : [number / 2 * 2 - 2, number / 2 * 2 - 1]
    }
    let tree = try CallTree(
      profile,
      options: .init(minimumShare: 0, maximumNodes: 2_000)
    )
    #expect(tree.nodes.count == 2_000)
    #expect(tree.isCutShort)
    #expect(tree.contradiction == nil)
    #expect(tree.totalTime == Nanoseconds(80_000_000))
  }

  @Test(arguments: [0, 10_000, .max])
  func `functions that all call each other are unfolded as far as allowed`(work: Int) throws {
    let profile = Self.profile(functions: 40) { number in
      (0..<40).filter { $0 != number || number == 0 }
    }
    var options = CallTree.Options(minimumShare: 0, maximumNodes: 3_000)
    options.orderingWork = work
    let tree = try CallTree(profile, options: options)
    #expect(tree.nodes.count <= 3_000)
    #expect(tree.isCutShort)
    #expect(tree.contradiction == nil)
  }

  @Test func `a path of thousands of functions ends at the largest depth`() throws {
    let profile = Self.profile(functions: 20_000) { $0 == 0 ? [] : [$0 - 1] }
    let tree = try CallTree(profile, options: .init(minimumShare: 0))
    #expect(tree.nodes.count == 251)
    #expect(tree.nodes.last?.hiddenTime == Nanoseconds(19_750_000_000))
    #expect(tree.isCutShort)
    #expect(tree.contradiction == nil)
  }

  @Test func `a long circle needs no recursion`() throws {
    let profile = Self.profile(functions: 5_000) { number in
      number == 0 ? [] : number == 1 ? [0, 4_999] : [number - 1]
    }
    let tree = try CallTree(profile, options: .init(minimumShare: 0, maximumDepth: 6_000))
    #expect(tree.nodes.count == 5_001)
    #expect(tree.contradiction == nil)
  }

  @Test func `a thousand functions below one are hidden as a number`() throws {
    let profile = Self.profile(functions: 1_001) { $0 == 0 ? [] : [0] }
    let tree = try CallTree(profile, options: .init(minimumShare: 0.01))
    #expect(tree.nodes.count == 2)
    #expect(tree.nodes[1].hiddenFunctions == 1_000)
    #expect(!tree.isCutShort)
  }
}
