// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

struct SliceSumTests {
  private static let (f, g, h) = (
    HandMade.f.description, HandMade.g.description, HandMade.h.description
  )

  @Test(
    arguments: [
      (
        .selfTime, [Line(g, [20, 100, 0], 120), Line(f, [16, 0, 1], 17), Line(h, [0, 0, 0], 0)],
        [36, 100, 1]
      ),
      (
        .cumulativeTime,
        [Line(g, [20, 100, 0], 120), Line(f, [36, 0, 2], 38), Line(h, [0, 0, 5], 5)], [56, 100, 7]
      ),
      (
        .calls, [Line(f, [5, 0, 1], 6), Line(g, [4, 1, 0], 5), Line(h, [0, 0, 0], 0)], [9, 1, 1]
      ),
      (
        .primitiveCalls, [Line(f, [4, 0, 1], 5), Line(g, [4, 1, 0], 5), Line(h, [0, 0, 0], 0)],
        [8, 1, 1]
      ),
      (
        .selfTimePerCall,
        [
          Line(g, [5, 100, nil], 24), Line(f, [3.2, nil, 1], 17.0 / 6),
          Line(h, [nil, nil, nil], nil),
        ], [4, 100, 1]
      ),
      (
        .cumulativeTimePerCall,
        [Line(g, [5, 100, nil], 24), Line(f, [9, nil, 2], 7.6), Line(h, [nil, nil, nil], nil)],
        [7, 100, 7]
      ),
    ] as [(Metric, [Line], [Double?])]
  )
  func `each metric is summed by function`(
    _ metric: Metric,
    _ lines: [Line],
    _ totals: [Double?]
  ) async throws {
    let result = try await HandMade.slices(metric)
    #expect(result.lines == lines)
    #expect(result.totals == totals)
    #expect(result.otherCount == 0)
    #expect(result.others == (metric.isPerCall ? [nil, nil, nil] : [0, 0, 0]))
    #expect(result.starts == [0, 10, 20])
    #expect(result.slices.map(\.captures) == [2, 1, 1])
  }

  @Test(
    arguments: [
      (
        .mean, [Line(g, [10, 100, 0], 30), Line(f, [8, 0, 1], 4.25), Line(h, [0, 0, 0], 0)],
        [18, 100, 1]
      ),
      (
        .p50, [Line(g, [0, 100, 0], 0), Line(f, [6, 0, 1], 1), Line(h, [0, 0, 0], 0)], [6, 100, 1]
      ),
      (
        .p95, [Line(g, [20, 100, 0], 100), Line(f, [10, 0, 1], 10), Line(h, [0, 0, 0], 0)],
        [30, 100, 1]
      ),
      (
        .max, [Line(g, [20, 100, 0], 100), Line(f, [10, 0, 1], 10), Line(h, [0, 0, 0], 0)],
        [30, 100, 1]
      ),
    ] as [(Statistic, [Line], [Double?])]
  )
  func `each statistic is per capture, also of those without the function`(
    _ statistic: Statistic,
    _ lines: [Line],
    _ totals: [Double?]
  ) async throws {
    let result = try await HandMade.slices(.selfTime, statistic)
    #expect(result.lines == lines)
    #expect(result.totals == totals)
  }

  @Test(
    arguments: [
      (.file, [Line("/lib/a.py", [36, 100, 1], 137), Line("/x/b.py", [0, 0, 0], 0)]),
      (.module, [Line("a", [36, 100, 1], 137), Line("b", [0, 0, 0], 0)]),
      (.all, [Line("all", [36, 100, 1], 137)]),
      (
        .label("host"),
        [Line("a", [30, 100, 0], 130), Line("b", [6, 0, 0], 6), Line("(no host)", [0, 0, 1], 1)]
      ),
      (.label("zone"), [Line("(no zone)", [36, 100, 1], 137)]),
    ] as [(Grouping, [Line])]
  )
  func `self time is grouped by anything`(
    _ grouping: Grouping,
    _ lines: [Line]
  ) async throws {
    let result = try await HandMade.slices(.selfTime, by: grouping)
    #expect(result.lines == lines)
    #expect(result.totals == [36, 100, 1])
    #expect(result.grouping == grouping)
  }

  @Test
  func `captures are counted`() async throws {
    let byHost = try await HandMade.slices(.captures, by: .label("host"))
    #expect(
      byHost.lines == [
        Line("a", [1, 1, 0], 2), Line("b", [1, 0, 0], 1), Line("(no host)", [0, 0, 1], 1),
      ]
    )
    #expect(try await HandMade.slices(.captures, by: .all).lines == [Line("all", [2, 1, 1], 4)])
  }

  @Test
  func `the mean of a label value is over its own captures`() async throws {
    let result = try await HandMade.slices(.selfTime, .mean, by: .label("host"))
    #expect(
      result.lines == [
        Line("a", [30, 100, nil], 65), Line("b", [6, nil, nil], 6),
        Line("(no host)", [nil, nil, 1], 1),
      ]
    )
    #expect(result.totals == [18, 100, 1])
    let medians = try await HandMade.slices(.selfTime, .p50, by: .label("host"))
    #expect(
      medians.lines == [
        Line("a", [30, 100, nil], 30), Line("b", [6, nil, nil], 6),
        Line("(no host)", [nil, nil, 1], 1),
      ]
    )
  }

  @Test
  func `weights estimate sums and means`() async throws {
    let sums = try await HandMade.slices(.selfTime, isWeighted: true)
    #expect(sums.lines[0] == Line(Self.g, [20, 250, 0], 270))
    #expect(sums.totals == [36, 250, 1])
    #expect(sums.isWeighted)
    #expect(sums.warnings.count == 1)
    let means = try await HandMade.slices(.selfTime, .mean, isWeighted: true)
    #expect(means.lines[0] == Line(Self.g, [10, 100, 0], 270 / 5.5))
    let captures = try await HandMade.slices(.captures, by: .all, isWeighted: true)
    #expect(captures.lines == [Line("all", [2, 2.5, 1], 5.5)])
    let perCall = try await HandMade.slices(.selfTimePerCall, isWeighted: true)
    #expect(perCall.lines[0] == Line(Self.g, [5, 100, nil], 270 / 6.5))
  }

  @Test(
    arguments: [
      (0, [], [36, 100, 1], 3), (1, [Line(g, [20, 100, 0], 120)], [16, 0, 1], 2),
      (2, [Line(g, [20, 100, 0], 120), Line(f, [16, 0, 1], 17)], [0, 0, 0], 1),
    ] as [(Int, [Line], [Double?], Int)]
  )
  func `what is not among the top is other`(
    _ top: Int,
    _ lines: [Line],
    _ others: [Double?],
    _ otherCount: Int
  ) async throws {
    let result = try await HandMade.slices(.selfTime, top: top)
    #expect(result.lines == lines)
    #expect(result.others == others)
    #expect(result.otherCount == otherCount)
    #expect(result.totals == [36, 100, 1])
  }

  @Test
  func `other is a statistic of sums, or a ratio of sums, not a sum of either`() async throws {
    #expect(try await HandMade.slices(.selfTime, .max, top: 0).others == [30, 100, 1])
    #expect(try await HandMade.slices(.selfTimePerCall, top: 1).others == [3.2, nil, 1])
  }

  @Test
  func `functions that differ in an address or a folder alone are one series`() async throws {
    let records = [1, 2].map { number in
      Capture.capture(
        at: Int64(number),
        [
          Cost(.at("~", 0, ByteString("<f at 0x\(number)>")), selfTime: number),
          Cost(.at(ByteString("/v\(number)/a.py"), 7, "g"), selfTime: 10 * number),
        ]
      )
    }
    let store = try MemoryStore(records)
    let plain = try await store.slices(SliceQuery(every: .seconds(1)))
    #expect(
      plain.lines.map(\.description) == [
        "/v2/a.py:7(g): 20.0 20.0", "/v1/a.py:7(g): 10.0 10.0", "{f}: 3.0 3.0",
      ]
    )
    let stripped = try await store.slices(SliceQuery(every: .seconds(1), stripsDirectories: true))
    #expect(stripped.lines.map(\.description) == ["a.py:7(g): 30.0 30.0", "{f}: 3.0 3.0"])
  }

  @Test
  func `layers that overlap say so`() async throws {
    #expect(try await HandMade.slices(.cumulativeTime).warnings == [.layersOverlap])
    #expect(try await HandMade.slices(.selfTime).warnings == [])
  }
}
