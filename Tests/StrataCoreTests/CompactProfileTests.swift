// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

/// Profiles without the bytes of their dumps.
struct CompactProfileTests {
  private static let shared = TextRange(0..<40)

  /// Functions of one file; half of them have one long name, which stands in one place.
  private static let table = FunctionTable(
    bytes: Array(repeating: UInt8(ascii: "f"), count: 40) + Array("abcdefgh".utf8)
      + Array(repeating: 0, count: 10_000),
    entries: (0..<100).map { number in
      FunctionTable.Entry(
        file: shared,
        name: number % 2 == 0 ? shared : TextRange(40 + number % 8..<41 + number % 8),
        line: number
      )
    }
  )

  @Test func `functions stay as they are, and what is no text goes`() {
    let compact = Self.table.compact
    #expect(compact.functions == Self.table.functions)
    #expect(compact.bytes.count == 40 + 50)
  }

  @Test func `a long text that many functions name is kept once`() {
    #expect(Set(Self.table.compact.entries.map(\.file)).count == 1)
  }

  @Test func `figures and callers stay as they are`() {
    let function = Function.at("a.py", 1, "f")
    let profile = StatsProfile(functions: [
      FunctionProfile(
        function: function,
        statistics: CallStatistics(
          callCount: 3,
          primitiveCallCount: 2,
          selfTime: 0.1,
          cumulativeTime: 0.2
        ),
        callers: [CallEdge(caller: .at("b.py", 2, "g"), figures: .countOnly(1))]
      )
    ])
    #expect(Array(profile.compact.functions) == Array(profile.functions))
    #expect(profile.compact.totalTime.bitPattern == profile.totalTime.bitPattern)
  }

  @Test func `nothing stays nothing`() {
    #expect(StatsProfile().compact.functions.isEmpty)
  }
}
