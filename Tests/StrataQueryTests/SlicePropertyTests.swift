// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

/// What must hold for any captures, checked with random ones against a naive computation.
struct SlicePropertyTests {
  private static let width: Int64 = 100

  /// Sixty captures of up to eight functions of three files, some times negative.
  private static func records(seed: UInt64) -> [Capture] {
    var random = SeededGenerator(seed: seed)
    return (0..<60).map { number in
      let start = Int64.random(in: -500..<500, using: &random)
      let lines = (0..<8).shuffled(using: &random).prefix(Int.random(in: 0...8, using: &random))
      let host = ["a", "b", nil].randomElement(using: &random) ?? nil
      return .capture(
        at: start,
        labels: host.map { ["host": $0] } ?? [:],
        duration: number % 3 == 0 ? nil : .nanoseconds(number * 7),
        weight: Weight(exactMillionths: Int64.random(in: 1...5_000_000, using: &random)) ?? .one,
        id: "\(number)",
        lines.map { line in
          Cost(
            .at(ByteString("\(line % 3).py"), line, "f"),
            calls: Int.random(in: 0...9, using: &random),
            selfTime: Int.random(in: -20...1_000, using: &random),
            cumulativeTime: Int.random(in: 0...2_000, using: &random)
          )
        }
      )
    }
  }

  private static func slice(of record: Capture) -> Int64 {
    record.start.nanoseconds.quotientAndModulus(dividingBy: width).quotient * width
  }

  private static func selfTime(of profile: StatsProfile) -> Int128 {
    profile.functions.reduce(0) { $0 + Int128((($1.statistics.selfTime) * 1e9).rounded()) }
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func `layers and other are the total in every slice, for any top`(_ seed: UInt64) async throws {
    let store = try MemoryStore(Self.records(seed: seed))
    let groupings: [Grouping] = [.function, .file, .module, .label("host"), .all]
    for metric in Metric.allCases where metric.isAdditive {
      for grouping in groupings
      where metric.figure.subject == .function || [.label("host"), .all].contains(grouping) {
        for top in [nil, 0, 1, 3, 100] {
          for isWeighted in [false, true] {
            let query = SliceQuery(
              metric: metric,
              every: .nanoseconds(Self.width),
              grouping: grouping,
              top: top,
              isWeighted: isWeighted
            )
            await Self.expectAdditive(try store.slices(query))
          }
        }
      }
    }
  }

  private static func expectAdditive(_ result: SlicedSeries) {
    for (index, slice) in result.slices.enumerated() {
      let layers = result.series.compactMap { $0.values[index]?.sum }.reduce(0, +)
      let sum = layers + (slice.other?.sum ?? 0)
      // Of captures without a duration nothing is known.
      let isKnown = slice.total != nil || result.metric != .duration
      #expect(sum == (isKnown ? slice.total?.sum : 0), "\(result.metric) \(slice)")
    }
    for series in result.series {
      let isKnown = series.total != nil || result.metric != .duration
      let sum = series.values.compactMap { $0?.sum }.reduce(0, +)
      #expect(sum == (isKnown ? series.total?.sum : 0))
    }
    let totals = result.series.map { $0.total?.sum ?? 0 }
    #expect(totals == totals.sorted(by: >))
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `totals are the sums of the captures`(_ seed: UInt64) async throws {
    let records = Self.records(seed: seed)
    let result = try await MemoryStore(records).slices(SliceQuery(every: .nanoseconds(Self.width)))
    for slice in result.slices {
      let inside = records.filter { Self.slice(of: $0) == slice.start.nanoseconds }
      #expect(slice.captures == inside.count)
      #expect(slice.total?.exactInteger == inside.reduce(0) { $0 + Self.selfTime(of: $1.profile) })
    }
    #expect(result.slices.reduce(0) { $0 + $1.captures } == records.count)
  }

  @Test(arguments: [(1, .p50, 50), (2, .p95, 95), (3, .max, 100)] as [(UInt64, Statistic, Int)])
  func `percentiles are those of the sorted captures`(
    _ seed: UInt64,
    _ statistic: Statistic,
    _ percent: Int
  ) async throws {
    let records = Self.records(seed: seed)
    let query = SliceQuery(statistic: statistic, every: .nanoseconds(Self.width), top: 3)
    let result = try await MemoryStore(records).slices(query)
    func naive(_ values: [Int128]) -> Int128? {
      let rank = (Double(values.count * percent) / 100).rounded(.up)
      return values.isEmpty ? nil : values.sorted()[max(1, Int(rank)) - 1]
    }
    let named = result.series.map(\.key)
    func times(_ record: Capture, where isIncluded: (SeriesKey) -> Bool) -> Int128 {
      Self.selfTime(
        of: StatsProfile(
          functions: record.profile.functions.filter { isIncluded(.function($0.function)) }
        )
      )
    }
    for (index, slice) in result.slices.enumerated() {
      let inside = records.filter { Self.slice(of: $0) == slice.start.nanoseconds }
      #expect(slice.total?.exactInteger == naive(inside.map { Self.selfTime(of: $0.profile) }))
      #expect(slice.other?.exactInteger == naive(inside.map { times($0) { !named.contains($0) } }))
      for series in result.series {
        let expected = naive(inside.map { times($0) { $0 == series.key } })
        #expect(series.values[index]?.exactInteger == expected)
      }
    }
    for series in result.series {
      #expect(series.total?.exactInteger == naive(records.map { times($0) { $0 == series.key } }))
    }
  }

  @Test(arguments: [(.p50, 50), (.p95, 95), (.max, 100)] as [(Statistic, Int128)])
  func `of a hundred captures each percentile is another one`(
    _ statistic: Statistic,
    _ expected: Int128
  ) async throws {
    let records = (1...100).map { time in
      Capture.capture(at: Int64(time), [Cost(.at("a.py", 1, "f"), selfTime: time)])
    }
    let store = try MemoryStore(records)
    let result = try await store.slices(SliceQuery(statistic: statistic, every: .seconds(1)))
    #expect(result.slices[0].total?.exactInteger == expected)
    #expect(result.series[0].total?.exactInteger == expected)
  }

  @Test
  func `the order of insertion does not matter`() async throws {
    let records = Self.records(seed: 7)
    var random = SeededGenerator(seed: 8)
    for statistic in Statistic.allCases {
      let query = SliceQuery(statistic: statistic, every: .nanoseconds(Self.width), top: 2)
      let expected = try await MemoryStore(records).slices(query)
      #expect(try await MemoryStore(records.shuffled(using: &random)).slices(query) == expected)
    }
  }

  @Test
  func `sums pass 64 bits`() async throws {
    let f = Function.at("a.py", 1, "f")
    let large = Cost(f, calls: .max, selfTime: 1 << 61)
    let records = (0..<8).map { Capture.capture(at: $0, [large]) }
    let store = try MemoryStore(records)
    let times = try await store.slices(SliceQuery(every: .seconds(1)))
    let nanoseconds = try #require(Nanoseconds(nearestTo: Double(1 << 61) * 1e-9))
    #expect(times.slices[0].total?.exactInteger == Int128(nanoseconds.count) * 8)
    let calls = try await store.slices(SliceQuery(metric: .calls, every: .seconds(1)))
    #expect(calls.series[0].total?.exactInteger == Int128(Int64.max) * 8)
  }
}
