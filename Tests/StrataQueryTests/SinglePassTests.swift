// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataQuery

/// One pass finds what two find, or says that it does not.
@Suite struct SinglePassTests {
  /// A capture each second, of functions whose times fall with their number, and vary.
  private static func records(_ count: Int, seed: UInt64) -> [Capture] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { number in
      capture(number) { line in
        Cost(
          .at(ByteString("\(line % 3).py"), line / 4, ByteString("<f at 0x\(line)>")),
          calls: Int.random(in: 1...3, using: &random),
          selfTime: Int.random(in: -1...60 - line, using: &random),
          cumulativeTime: Int.random(in: 0...9, using: &random)
        )
      }
    }
  }

  private static func capture(_ second: Int, _ cost: (_ line: Int) -> Cost) -> Capture {
    .capture(
      at: Int64(second) * 1_000_000_000,
      weight: Weight(exactMillionths: Int64(1 + second % 7) * 300_000) ?? .one,
      id: "\(second)",
      (0..<40).map(cost)
    )
  }

  private static func query(_ metric: Metric, _ grouping: Grouping) -> SliceQuery {
    SliceQuery(metric: metric, every: .seconds(1), grouping: grouping, top: 3)
  }

  /// What one pass finds, and what two find.
  private static func results(
    _ query: SliceQuery,
    _ records: [Capture],
    sampleRows: Int
  ) async throws -> (one: SlicedSeries?, two: SlicedSeries) {
    try await MemoryStore(records).read { view in
      let survey = try await view.survey(query.selection, longestExpected: nil)
      let grid = try SliceGrid(query, over: survey)
      let source = SliceSource(query: query, view: view, survey: survey)
      let computation = SliceComputation(source: source, grid: grid)
      return (
        try await computation.resultOfSinglePass(sampleRows: sampleRows),
        try await computation.resultOfTwoPasses()
      )
    }
  }

  @Test(arguments: [1, 900, 1_000_000], [Grouping.function, .file])
  func `a guess from few, from many or from all captures`(
    sampleRows: Int,
    grouping: Grouping
  ) async throws {
    let records = Self.records(300, seed: UInt64(sampleRows))
    for metric in [Metric.selfTime, .selfTimePerCall, .calls] {
      for isWeighted in [false, true] {
        var query = Self.query(metric, grouping)
        query.isWeighted = isWeighted
        let (one, two) = try await Self.results(query, records, sampleRows: sampleRows)
        #expect(one == two)
      }
    }
  }

  @Test func `a function that comes late, when cells are few, takes two passes`() async throws {
    // So many slices leave room for eleven candidates.
    var records = Self.records(100, seed: 1)
    records.append(Self.capture(10_000) { Cost(.at("0.py", $0, "f"), selfTime: 0) })
    let early = try await Self.results(Self.query(.selfTime, .function), records, sampleRows: 400)
    #expect(early.one == early.two)
    records.append(Self.capture(10_001) { Cost(.at("late.py", $0, "late"), selfTime: 9_999) })
    let late = try await Self.results(Self.query(.selfTime, .function), records, sampleRows: 400)
    #expect(late.one == nil)
    let keys = try await MemoryStore(records).slices(Self.query(.selfTime, .function)).series.map(
      \.key
    )
    #expect(keys.count == 3)
    #expect(keys == late.two.series.map(\.key))
    #expect(keys.first == .function(Function(file: "late.py", line: 0, name: "late")))
  }

  @Test func `questions that would gain nothing take two passes`() async throws {
    let records = Self.records(3, seed: 2)
    var all = Self.query(.selfTime, .function)
    all.top = nil
    var compared = Self.query(.selfTime, .function)
    compared.statistic = .p95
    for query in [all, compared, Self.query(.captures, .label("host"))] {
      #expect(try await Self.results(query, records, sampleRows: 1).one == nil)
    }
  }
}
