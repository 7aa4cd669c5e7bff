// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import Testing

/// Each time fits into 63 bits, their sum in one capture does not.
@Suite struct LargeTimeTests {
  private static let seconds = 4e9
  private static let sum: Int128 = 3 * 4_000_000_000_000_000_000

  private static func store() throws -> MemoryStore {
    let functions = (1...3).map { line in
      FunctionProfile(
        function: Function(file: "a.py", line: line, name: "f"),
        statistics: CallStatistics(
          callCount: 1,
          primitiveCallCount: 1,
          selfTime: seconds,
          cumulativeTime: seconds
        )
      )
    }
    let record = Capture(
      id: ProfileID(given: "large"),
      start: Timestamp(nanoseconds: 0),
      labels: ["input": "large"],
      profile: StatsProfile(functions: functions)
    )
    return try MemoryStore([record])
  }

  @Test(arguments: Statistic.allCases)
  func `a capture of more than 63 bits keeps its time`(statistic: Statistic) async throws {
    let query = SliceQuery(statistic: statistic, every: .seconds(1), grouping: .file)
    let result = try await Self.store().slices(query)
    #expect(result.slices.first?.total?.exactInteger == Self.sum)
    #expect(result.series.first?.total?.exactInteger == Self.sum)
  }

  @Test func `an input of more than 63 bits keeps its time`() async throws {
    let input = try await Self.store().inputs(InputQuery()).inputs.first
    #expect(input?.distribution.sum == Nanoseconds.Sum(Self.sum))
    #expect(input?.distribution.p95 == Nanoseconds.Sum(Self.sum))
  }
}
