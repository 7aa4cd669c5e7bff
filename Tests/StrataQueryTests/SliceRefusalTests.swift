// SPDX-License-Identifier: Apache-2.0

import PythonPattern
import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

struct SliceRefusalTests {
  private static let f = Function.at("a.py", 1, "f")

  private static func error(_ records: [Capture], _ query: SliceQuery) async -> QueryError? {
    await caught(as: QueryError.self) { _ = try await MemoryStore(records).slices(query) }
  }

  private static let mixed: [Capture] = [
    .capture(at: 0, kind: .sampled, clock: .cpu, [Cost(f, selfTime: 1)]),
    .capture(at: 1, kind: .traced, clock: .wall, [Cost(f, selfTime: 2)]),
    .capture(at: 2, kind: .traced, clock: .cpu, [Cost(f, selfTime: 4)]),
  ]

  @Test
  func `kinds and clocks are never summed`() async {
    #expect(
      await Self.error(Self.mixed, SliceQuery(every: .seconds(1)))
        == .mixedKinds([.traced, .sampled])
    )
    let traced = SliceQuery(ProfileSelection(kind: .traced), every: .seconds(1))
    #expect(await Self.error(Self.mixed, traced) == .mixedClocks([.wall, .cpu]))
    let store = await caught(as: QueryError.self) {
      _ = try await MemoryStore(Self.mixed).inputs(InputQuery())
    }
    #expect(store == .mixedKinds([.traced, .sampled]))
  }

  @Test
  func `a choice of kind and clock is answered`() async throws {
    let store = try MemoryStore(Self.mixed)
    let selection = ProfileSelection(kind: .traced, clock: .cpu)
    let result = try await store.slices(SliceQuery(selection, every: .seconds(1)))
    #expect(result.totals == [4])
    #expect(result.kind == .traced)
    #expect(result.clock == .cpu)
    let sampled = try await store.slices(
      SliceQuery(ProfileSelection(kind: .sampled), every: .seconds(1))
    )
    #expect(sampled.warnings.count == 1)
  }

  @Test(arguments: [
    SliceQuery(metric: .cumulativeTime, every: .seconds(1), grouping: .file),
    SliceQuery(metric: .cumulativeTime, every: .seconds(1), grouping: .module),
    SliceQuery(metric: .cumulativeTimePerCall, every: .seconds(1), grouping: .file),
    SliceQuery(metric: .cumulativeTime, every: .seconds(1), grouping: .label("host")),
    SliceQuery(metric: .cumulativeTimePerCall, every: .seconds(1), grouping: .all),
    SliceQuery(metric: .captures, every: .seconds(1)),
    SliceQuery(metric: .duration, every: .seconds(1)),
    SliceQuery(metric: .duration, every: .seconds(1), grouping: .file),
    SliceQuery(metric: .duration, every: .seconds(1), grouping: .module),
    SliceQuery(
      metric: .duration,
      every: .seconds(1),
      grouping: .all,
      functions: try? Pattern(parsing: "f")
    ),
    SliceQuery(
      metric: .duration,
      statistic: .p95,
      every: .seconds(1),
      grouping: .all,
      isWeighted: true
    ),
    SliceQuery(metric: .captures, every: .seconds(1), grouping: .file),
    SliceQuery(metric: .captures, statistic: .mean, every: .seconds(1), grouping: .all),
    SliceQuery(metric: .selfTimePerCall, statistic: .mean, every: .seconds(1)),
    SliceQuery(metric: .selfTimePerCall, statistic: .p95, every: .seconds(1)),
    SliceQuery(statistic: .p50, every: .seconds(1), isWeighted: true),
    SliceQuery(statistic: .max, every: .seconds(1), isWeighted: true),
  ])
  func `a combination without a meaning is refused with the reason`(_ query: SliceQuery) async {
    guard case .meaningless(let combination) = await Self.error([], query) else {
      Issue.record("it was answered")
      return
    }
    #expect(combination.description.count > 20)
  }

  @Test(arguments: [
    Duration.zero, .nanoseconds(-1), .seconds(Int64(1) << 40),
    Duration(secondsComponent: 0, attosecondsComponent: 1),
  ])
  func `a width that is no time is refused`(_ width: Duration) async {
    #expect(await Self.error([], SliceQuery(every: width)) == .badWidth)
  }

  @Test
  func `captures longer than a slice are named in a warning`() async throws {
    let store = try MemoryStore([
      .capture(at: 0, duration: .nanoseconds(10), [Cost(Self.f, selfTime: 1)]),
      .capture(at: 1, duration: .nanoseconds(11), [Cost(Self.f, selfTime: 1)]),
      .capture(at: 2, [Cost(Self.f, selfTime: 1)]),
    ])
    let result = try await store.slices(SliceQuery(every: .nanoseconds(10)))
    #expect(result.warnings == [.longerThanSlice(captures: 1, of: 3)])
    #expect(
      result.warnings.map(\.message) == [
        "1 of 3 captures lasted longer than a slice: each counts in the slice in which it started"
      ]
    )
  }

  @Test(
    arguments: [
      (
        .badFilter("x"),
        "cannot read the condition 'x': expected KEY=VALUE, KEY!=VALUE, KEY=~REGEX or "
          + "KEY!~REGEX, or a property such as @kind=traced"
      ),
      (.pattern(.invalid("(", reason: "r")), "cannot read the regular expression '(': r"),
      (.badWidth, "the width of a slice must be at least 1 ns"),
      (
        .prunedCaptures(before: Timestamp(nanoseconds: 1_000_000_000), keptBy: .hour),
        "single captures before 1970-01-01T00:00:01Z were pruned"
      ),
      (
        .figureUnknown(.duration, before: Timestamp(nanoseconds: 1_000_000_000)),
        "the duration of captures before 1970-01-01T00:00:01Z is unknown: they were pruned, and "
          + "their sums were made by an older version of Strata, which did not keep it"
      ),
    ] as [(QueryError, String)]
  )
  func `an error is a sentence`(_ error: QueryError, _ text: String) {
    #expect(error.description == text)
  }
}
