// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

/// Captures added up with their callers: beyond what every store does.
@Suite struct MergedCapturesTests {
  private static let (f, g, h) = (
    Function.at("a.py", 1, "f"), Function.at("b.py", 2, "g"), Function.at("c.py", 3, "h")
  )

  private static func record(_ number: Int, _ functions: [FunctionProfile]) -> Capture {
    Capture(
      id: ProfileID(given: "\(number)"),
      start: Timestamp(nanoseconds: Int64(number)),
      profile: StatsProfile(functions: functions)
    )
  }

  private static func row(_ function: Function, from callers: [Function]) -> FunctionProfile {
    FunctionProfile(
      function: function,
      statistics: .of(1, 1e-9, 1e-9),
      callers: callers.map { CallEdge(caller: $0, figures: .full(.of(1, 1e-9, 1e-9))) }
    )
  }

  @Test func `in memory functions and callers are in the order of first naming`() async throws {
    let records = [
      Self.record(0, [Self.row(Self.g, from: [Self.h])]),
      Self.record(
        1,
        [Self.row(Self.f, from: [Self.g]), Self.row(Self.g, from: [Self.g, Self.f, Self.h])]
      ),
    ]
    let merged = try await MemoryStore(records).merged(.all).profile
    let callers = merged.functions.map { $0.callers.map(\.caller) }
    #expect(merged.functions.map(\.function) == [Self.g, Self.f])
    #expect(callers == [[Self.h, Self.g, Self.f], [Self.g]])
    #expect(merged.functions[0].callers[0].figures == .full(.of(2, 2e-9, 2e-9)))
  }

  @Test func `sums of nanoseconds do not depend on their order`() async throws {
    let costs = [100_000_001, 200_000_003, 700_000_007, 4_503_599_627_370_497]
    let expected = Double(costs.reduce(0, +)) * 1e-9
    for order in [costs, costs.reversed()] {
      let records = order.enumerated().map { number, cost in
        Capture.capture(at: Int64(number), [Cost(Self.f, selfTime: cost)])
      }
      let profile = try await MemoryStore(records).merged(.all).profile
      #expect(profile.functions[0].statistics.selfTime == expected)
      #expect(profile.totalTime == expected)
    }
  }

  @Test func `totals of a store become a profile in the order of its numbers`() throws {
    let names = [Self.h, Self.g, Self.f]
    func figures(_ value: Int128) -> FunctionTotals {
      FunctionTotals(
        callCount: value,
        primitiveCallCount: value,
        selfTime: Nanoseconds.Sum(value),
        cumulativeTime: Nanoseconds.Sum(value)
      )
    }
    func statistics(_ value: CallCount) -> CallStatistics {
      .of(value, Double(value) * 1e-9, Double(value) * 1e-9)
    }
    var totals = ProfileTotals()
    let (f, g, h) = (FunctionID(2), FunctionID(1), FunctionID(0))
    totals.rows = [(g, 5), (f, 7)].map { .init(function: $0, figures: figures($1)) }
    totals.edges = [
      .init(caller: h, callee: f, figures: figures(1 << 100)),
      .init(caller: f, callee: g, figures: figures(3), isCountOnly: true),
      .init(caller: g, callee: f, figures: figures(-4)),
    ]
    let fromG = FunctionProfile(
      function: Self.g,
      statistics: statistics(5),
      callers: [CallEdge(caller: Self.f, figures: .countOnly(3))]
    )
    let fromF = FunctionProfile(
      function: Self.f,
      statistics: statistics(7),
      callers: [
        CallEdge(caller: Self.h, figures: .full(statistics(1 << 100))),
        CallEdge(caller: Self.g, figures: .full(statistics(-4))),
      ]
    )
    let profile = try totals.profile { names[$0.index] }
    #expect(Array(profile.functions) == [fromG, fromF])
    #expect(profile.totalTime == 12 * 1e-9)
    #expect(try ProfileTotals().profile { names[$0.index] } == StatsProfile())
  }

  @Test func `one capture of which a sum alone is left is that sum`() async throws {
    let record = Self.record(0, [.init(function: Self.f, statistics: .of(3, 1.1e-9, 2.4e-9))])
    let store = WrappingStore(try MemoryStore([record])) { PrunedSnapshot(base: $0) }
    let merged = try await store.merged(.all)
    #expect(merged.captures == 1)
    #expect(merged.profile.functions.map(\.statistics) == [.of(3, 1e-9, 2e-9)])
    await #expect(throws: PrunedSnapshot.error) {
      try await store.merged(.all, resolution: .captures)
    }
    await #expect(throws: PrunedSnapshot.error) { try await store.inputs(InputQuery()) }
  }
}

/// A state of a store that has the sum of its captures left, and none of them.
private struct PrunedSnapshot: WrappingView {
  static let error = QueryError.prunedCaptures(before: Timestamp(nanoseconds: 9), keptBy: .day)

  let base: any StoreView

  func scan(
    _ selection: ProfileSelection,
    columns: ProfileColumns,
    body: (ProfileVectors) throws -> Void
  ) throws { throw Self.error }

  func forEachCapture(
    _ selection: ProfileSelection,
    body: (Capture) throws -> Void
  ) throws { throw Self.error }

  func survey(
    _ selection: ProfileSelection,
    longestExpected: Duration?
  ) async throws -> CaptureSurvey {
    try await base.survey(selection, longestExpected: longestExpected)
  }

  func total(
    _ selection: ProfileSelection,
    resolution: SumRequest.Resolution
  ) async throws -> StatsProfile {
    guard resolution == .any else { throw Self.error }
    return try await base.total(selection, resolution: resolution)
  }
}
