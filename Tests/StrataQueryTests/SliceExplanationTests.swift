// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@Suite struct SliceExplanationTests {
  private static func explanation(_ query: SliceQuery) async throws -> [Substring] {
    try await WrappingStore(MemoryStore(HandMade.records)) { PlanningSnapshot(base: $0) }
      .explain(query).description.split(separator: "\n", omittingEmptySubsequences: false)
  }

  @Test func `an explanation says what was asked, found and read`() async throws {
    let query = SliceQuery(every: .seconds(3_600), grouping: .label("host"), top: 3)
    let captures =
      "4 (traced, wall), started 1970-01-01T00:00:00Z to 1970-01-01T00:00:00.000000029Z, in 1 slice"
    #expect(
      try await Self.explanation(query) == [
        "query     self, sum in slices of 1 h, by label:host, top 3",
        "captures  \(captures)",
        "",
        "pass 1: which series, from sums over the whole range",
        "  level     from                  until                 sums  captures",
        "  day       1970-01-01T00:00:00Z  1970-01-02T00:00:00Z     1         3",
        "  captures  1970-01-02T00:00:00Z  1970-01-02T00:00:09Z     1         1  not rolled up yet",
        "",
        "pass 2: their values, from sums within a slice",
        "  level     from                  until                 sums  captures",
        "  hour      1970-01-01T00:00:00Z  1970-01-02T00:00:00Z    12         3",
        "  captures  1970-01-02T00:00:00Z  1970-01-02T00:00:09Z     1         1  not rolled up yet",
        "",
      ]
    )
  }

  @Test func `what compares or weighs captures reads each of them`() async throws {
    var query = SliceQuery(statistic: .p95, every: .nanoseconds(10))
    let compared = try await Self.explanation(query)
    #expect(compared[0] == "query     self, p95 in slices of 10 ns, by function")
    #expect(compared.filter { $0.hasSuffix("p95 compares them") }.count == 1)
    (query.statistic, query.isWeighted, query.resolution) = (.mean, true, .captures)
    let weighted = try await Self.explanation(query)
    #expect(weighted[0].hasSuffix(", by function, weighted, from single captures only"))
    #expect(weighted.filter { $0.hasSuffix("each counts by its own weight") }.count == 2)
  }

  @Test func `where both passes would read the same, one does`() async throws {
    let query = SliceQuery(every: .nanoseconds(10), top: 1)
    let lines = try await Self.explanation(query)
    #expect(lines[3] == "one pass: which series, and their values, from sums within a slice")
    #expect(lines.count == 8)
  }

  @Test func `without captures there is nothing to read`() async throws {
    let none = try await MemoryStore().explain(SliceQuery(every: .seconds(1)))
    #expect(none.ranking?.steps.isEmpty == true)
    #expect(none.filling.steps.isEmpty && none.sliceCount == 0)
    #expect(none.description.contains("captures  none"))
    #expect(none.description.contains("nothing to read"))
  }

  @Test func `a question without an honest answer is not explained`() async {
    let query = SliceQuery(metric: .captures, every: .seconds(1))
    #expect(await caught(as: QueryError.self) { _ = try await MemoryStore().explain(query) } != nil)
  }
}

/// A state of a store whose plans have several levels.
private struct PlanningSnapshot: WrappingView {
  let base: any StoreView

  func plan(_ request: SumRequest) throws -> SumPlan {
    let midnight = Timestamp(nanoseconds: 86_400_000_000_000)
    let ragged = SumPlan.Step(
      level: .captures,
      since: midnight,
      until: Timestamp(nanoseconds: 86_409_000_000_000),
      sums: 1,
      captures: 1,
      note: "not rolled up yet"
    )
    let sums = SumPlan.Step(
      level: request.slicing == nil ? .day : .hour,
      since: Timestamp(nanoseconds: 0),
      until: midnight,
      sums: request.slicing == nil ? 1 : 12,
      captures: 3
    )
    return SumPlan(steps: [ragged, sums])
  }
}
