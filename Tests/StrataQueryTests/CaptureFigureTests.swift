// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

/// Figures of whole captures, of which some captures lack them.
struct CaptureFigureTests {
  private static let f = Function.at("a.py", 1, "f")

  private static func capture(
    _ start: Int64,
    _ duration: Int64?,
    host: String? = nil,
    weight: String = "1"
  ) -> Capture {
    .capture(
      at: start,
      labels: host.map { ["host": $0] } ?? [:],
      duration: duration.map { .nanoseconds($0) },
      weight: Weight(decimal: weight) ?? .one,
      id: "\(start)",
      [Cost(f, selfTime: 1)]
    )
  }

  /// Three captures in the first slice of 10 ns, two in the second, one in the third.
  private static let records = [
    capture(0, 100, host: "a", weight: "2.5"), capture(1, 50, host: "b"),
    capture(2, nil, host: "a"),
    capture(10, 7, host: "a"), capture(11, 0, host: "b", weight: "2"), capture(25, nil),
  ]

  private static func slices(
    _ statistic: Statistic,
    by grouping: Grouping = .all,
    top: Int? = nil,
    isWeighted: Bool = false
  ) async throws -> SlicedSeries {
    let query = SliceQuery(
      metric: .duration,
      statistic: statistic,
      every: .nanoseconds(10),
      grouping: grouping,
      top: top,
      isWeighted: isWeighted
    )
    return try await MemoryStore(records).slices(query)
  }

  @Test func `sums are of the captures that have a duration, and the others are counted`()
    async throws
  {
    let result = try await Self.slices(.sum)
    #expect(result.lines == [Line("all", [150, 7, nil], 157)])
    #expect(result.slices.map(\.captures) == [3, 2, 1])
    let warning = try #require(result.warnings.first { $0.code == .figureUnknown })
    #expect(warning.message == "2 of 6 captures are left out: their duration is unknown")
    #expect(warning.number("captures") == 2)
    #expect(warning.number("of") == 6)
    let hosts = try await Self.slices(.sum, by: .label("host"), top: 1)
    #expect(hosts.lines == [Line("a", [100, 7, 0], 107)])
    #expect(hosts.others == [50, 0, nil])
  }

  @Test func `of captures none of which has a duration nothing is known, of no captures 0`()
    async throws
  {
    let store = try MemoryStore([Self.capture(0, nil), Self.capture(25, nil)])
    let query = SliceQuery(metric: .duration, every: .nanoseconds(10), grouping: .all)
    let result = try await store.slices(query)
    #expect(result.lines == [Line("all", [nil, 0, nil], nil)])
    #expect(result.totals == [nil, 0, nil])
    #expect(result.others == [0, 0, 0])
  }

  @Test func `a mean divides by the captures that have a duration`() async throws {
    let result = try await Self.slices(.mean)
    #expect(result.lines == [Line("all", [75, 3.5, nil], 39.25)])
    let hosts = try await Self.slices(.mean, by: .label("host"))
    #expect(
      hosts.lines == [
        Line("a", [100, 7, nil], 53.5), Line("b", [50, 0, nil], 25),
        Line("(no host)", [nil, nil, nil], nil),
      ]
    )
    #expect(hosts.totals == [75, 3.5, nil])
  }

  @Test func `percentiles are among the captures that have a duration`() async throws {
    #expect(try await Self.slices(.p50).lines == [Line("all", [50, 0, nil], 7)])
    #expect(try await Self.slices(.max).lines == [Line("all", [100, 7, nil], 100)])
    let hosts = try await Self.slices(.p95, by: .label("host"))
    #expect(
      hosts.lines == [
        Line("a", [100, 7, nil], 100), Line("b", [50, 0, nil], 50),
        Line("(no host)", [nil, nil, nil], nil),
      ]
    )
    #expect(hosts.warnings.map(\.code).contains(.figureUnknown))
  }

  @Test func `weights count captures that have a duration`() async throws {
    let sum = try await Self.slices(.sum, isWeighted: true)
    #expect(sum.lines == [Line("all", [300, 7, nil], 307)])
    let mean = try await Self.slices(.mean, isWeighted: true)
    #expect(mean.lines == [Line("all", [300 / 3.5, 7.0 / 3, nil], 307 / 6.5)])
  }

  @Test func `sums pass 64 bits, and weighted ones that pass 127 bits are refused`() async throws {
    let records = (0..<3_000).map { Self.capture($0, .max - 3_000, weight: "9000000000") }
    let store = try MemoryStore(records)
    var query = SliceQuery(metric: .duration, every: .seconds(1), grouping: .all)
    let sum = try await store.slices(query).series[0].total?.exactInteger
    #expect(sum == Int128(Int64.max - 3_000) * 3_000)
    query.isWeighted = true
    let error = await caught(as: QueryError.self) { _ = try await store.slices(query) }
    guard case .weightedSumTooLarge = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `nothing is left out where all captures have a duration`() async throws {
    let store = try MemoryStore([Self.capture(0, 4), Self.capture(1, 6)])
    let result = try await store.slices(
      SliceQuery(metric: .duration, statistic: .mean, every: .seconds(1), grouping: .all)
    )
    #expect(result.totals == [5])
    #expect(result.warnings == [])
  }

  @Test func `a sum that does not say how many captures have the figure is refused`() async throws {
    struct Silent: WrappingView {
      let base: any StoreView
      let figure: FigureSum?

      func forEachSum(_ request: SumRequest, body: (CaptureSums) throws -> Void) async throws {
        try await scan(request.selection, columns: request.columns) { capture in
          var sum = CaptureSums(capture, request)
          sum.figure = figure
          try body(sum)
        }
      }
    }
    for figure in [nil, FigureSum(captures: 2, sum: 5), FigureSum(captures: -1, sum: 5)] {
      let store = WrappingStore(try MemoryStore(Self.records)) { Silent(base: $0, figure: figure) }
      let query = SliceQuery(metric: .duration, every: .seconds(1), grouping: .all)
      let error = await caught(as: QueryError.self) { _ = try await store.slices(query) }
      guard case .inconsistentStore = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }
}
