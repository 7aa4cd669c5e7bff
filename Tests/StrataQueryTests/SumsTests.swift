// SPDX-License-Identifier: Apache-2.0

import PythonPattern
import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

/// Answers from sums of many captures are those from each capture by itself.
@Suite struct SumsTests {
  /// Captures of up to twelve functions, some of which differ in an address alone, many with equal
  /// times and many with none.
  private static func records(seed: UInt64, largest: Int = 4) -> [Capture] {
    var random = SeededGenerator(seed: seed)
    return (0..<80).map { number in
      let lines = (0..<12).filter { _ in Bool.random(using: &random) }
      return .capture(
        at: Int64.random(in: -500..<500, using: &random),
        labels: number % 3 == 0 ? [:] : ["host": "\(number % 5)"],
        weight: Weight(exactMillionths: Int64.random(in: 1...3_000_000, using: &random)) ?? .one,
        id: "\(number)",
        lines.map { line in
          let file = ByteString("/\(line % 2)/\(line % 3).py")
          return Cost(
            .at(file, line / 4, ByteString("<f at 0x\(line)>")),
            calls: Int.random(in: 0...largest, using: &random),
            selfTime: Int.random(in: -1...largest, using: &random),
            cumulativeTime: Int.random(in: 0...largest, using: &random)
          )
        }
      )
    }
  }

  private static let groupings: [Grouping] = [
    .function, .file, .module, .label("host"), .label("absent"), .all,
  ]

  private static func queries() async throws -> [SliceQuery] {
    let pattern = try Pattern(parsing: "[12].py")
    var queries: [SliceQuery] = []
    for metric in Metric.allCases {
      for grouping in groupings {
        for (functions, top) in [(nil, nil), (nil, 2), (pattern, 1), (pattern, nil), (nil, 5)] {
          for statistic in [Statistic.sum, .mean, .p95] {
            queries.append(
              SliceQuery(
                metric: metric,
                statistic: statistic,
                every: .nanoseconds(130),
                alignment: top == 2 ? .first : .epoch,
                grouping: grouping,
                functions: functions,
                stripsDirectories: top == 5,
                top: top,
                isWeighted: top == 1 && statistic == .mean
              )
            )
          }
        }
      }
    }
    return queries.filter { (try? $0.validate()) != nil }
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `slices do not depend on what captures are summed with`(_ seed: UInt64) async throws {
    let records = Self.records(seed: seed)
    let (one, many) = (try MemoryStore(records), WrappingStore.summing(seed: seed))
    _ = try await many.insert(records)
    let queries = try await Self.queries()
    #expect(queries.count > 100)
    for query in queries { #expect(try await many.slices(query) == one.slices(query), "\(query)") }
  }

  @Test func `of equal series the first by name are named, and no other needs a name`() async throws
  {
    let times = [1, 1, 1, 7, 70, 7, 7, 7, 7]
    let costs = times.enumerated().map { line, time in
      Cost(.at("a.py", line + 1, "f"), selfTime: time)
    }
    let records = costs.reversed().map { Capture.capture(at: 0, [$0]) }
    let names = NameCounter()
    let store = try names.store(records)
    let result = try await store.slices(SliceQuery(every: .seconds(1), top: 3))
    #expect(result.series.map { $0.key.description } == ["a.py:5(f)", "a.py:4(f)", "a.py:6(f)"])
    #expect(result.series.map { $0.total?.sum } == [70, 7, 7])
    #expect(result.otherCount == 6)
    #expect(names.namesAsked == 6)
  }

  @Test func `the largest of thousands are found`() async throws {
    var random = SeededGenerator(seed: 3)
    let times = (0..<5_000).map { $0 }.shuffled(using: &random)
    let costs = times.map { Cost(.at("a.py", $0, "f"), selfTime: $0) }
    let store = try MemoryStore([.capture(at: 0, costs)])
    for top in [1, 10, 300, 4_999, 5_000, 6_000] {
      let result = try await store.slices(SliceQuery(every: .seconds(1), top: top))
      let rest = max(0, 5_000 - top)
      #expect(result.series.map { $0.total?.sum } == (rest..<5_000).reversed().map { Int128($0) })
      #expect(result.slices[0].other?.sum == Int128(rest * (rest - 1) / 2))
    }
  }

  /// Values at the ends of 64 bits: sums of columns, of functions and of `other` pass them.
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `no sum loses a bit`(_ seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let values: [Int] = [.max, .min, .max - 1, .min + 1, 0, -1, 1, 1 << 32, -1 << 32, 1 << 62]
    let records = (0..<50).map { number in
      let costs = (0..<20).map { line in
        let value = values.randomElement(using: &random) ?? 0
        return Cost(.at("a.py", line, "f"), calls: value, selfTime: 0)
      }
      return Capture.capture(at: Int64(number), id: "\(number)", costs)
    }
    let result = try await MemoryStore(records).slices(
      SliceQuery(metric: .calls, every: .nanoseconds(10), top: 3)
    )
    let sum = NaiveSums.calls(records)
    let largest = sum.values.sorted(by: >)
    #expect(result.series.map { $0.total?.sum } == Array(largest.prefix(3)))
    let other = result.slices.reduce(0 as Int128) { $0 + ($1.other?.sum ?? 0) }
    #expect(other == largest.dropFirst(3).reduce(0, +))
    for (index, slice) in result.slices.enumerated() {
      let inside = NaiveSums.calls(Array(records[index * 10..<index * 10 + 10]))
      #expect(slice.total?.sum == inside.values.reduce(0, +))
    }
  }
}

private enum NaiveSums {
  static func calls(_ records: [Capture]) -> [Int: Int128] {
    var sums: [Int: Int128] = [:]
    for row in records.flatMap(\.profile.functions) {
      sums[row.function.line, default: 0] += row.statistics.callCount
    }
    return sums
  }
}
