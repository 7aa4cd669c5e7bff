// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

/// The order of functions in reports; that it is pstats' is checked on its reports.
struct ProfileOrderTests {
  private static let profile = StatsProfile(functions: [
    FunctionProfile(function: .at("b.py", 2, "x"), statistics: .of(1, 0.5, 2)),
    FunctionProfile(function: .at("a.py", 9, "y"), statistics: .of(3, 0.5, 1)),
    FunctionProfile(function: .at("a.py", 1, "x"), statistics: .of(2, .nan, 1)),
    FunctionProfile(function: .at("~", 0, "<z>"), statistics: .of(2, 0.75, 1)),
  ])

  @Test(
    arguments: [
      ([], [0, 1, 2, 3]), ([.callCount], [1, 2, 3, 0]), ([.cumulativeTime], [0, 1, 2, 3]),
      ([.selfTime], [3, 0, 1, 2]), ([.selfTime, .name], [3, 0, 1, 2]), ([.name], [3, 0, 2, 1]),
      ([.nameFileLine], [3, 2, 0, 1]), ([.file, .line], [2, 1, 0, 3]), ([.line], [3, 2, 0, 1]),
      ([.standardName], [2, 1, 0, 3]), ([.callCount, .selfTime], [1, 3, 2, 0]),
    ] as [([SortKey], [Int])]
  )
  func `functions come in the order of the keys`(_ keys: [SortKey], _ rows: [Int]) {
    #expect(ProfileOrder(keys).rows(of: Self.profile) == rows)
    let reversed = ProfileOrder(keys, isReversed: true).rows(of: Self.profile)
    // As in pstats, an order that is none cannot be turned round.
    #expect(reversed == (keys.isEmpty ? rows : rows.reversed()))
  }

  @Test func `texts are ordered by code point, not as Unicode compares them`() {
    let names: [ByteString] = ["z", "é", "e\u{301}", "\u{FFFF}", "\u{10000}"]
    let profile = StatsProfile(
      functions: names.map { FunctionProfile(function: .at("a", 1, $0), statistics: .zero) }
    )
    let rows = ProfileOrder([.name]).rows(of: profile)
    #expect(rows.map { names[$0] } == ["e\u{301}", "z", "é", "\u{FFFF}", "\u{10000}"])
  }
}
