// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery
import StrataTestSupport
import Testing

@testable import StrataSQLite

/// What roll-ups answer is what single captures answer, to the nanosecond, at every moment.
struct RollupTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `answers are those of the store in memory, whatever came late`(seed: UInt64) throws {
    let store = try SQLiteStore.open(path: folder.file())
    let reference = MemoryStore()
    var random = RandomTraffic(seed: seed)
    for batch in random.batches() {
      let news = try store.insert(batch)
      #expect(news == (try reference.insert(batch)))
      if random.flip() { try store.rollUp(endingBefore: random.moment()) }
      for _ in 0..<3 { try expectSameAnswers(store, reference, random.query()) }
    }
    try store.rollUp(endingBefore: RandomTraffic.end)
    #expect(
      try store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM rollup") } ?? 0 > 20
    )
    for _ in 0..<40 { try expectSameAnswers(store, reference, random.query()) }
  }

  private func expectSameAnswers(
    _ store: SQLiteStore,
    _ reference: MemoryStore,
    _ query: SliceQuery
  ) throws {
    #expect(try store.slices(query) == reference.slices(query), "\(query)")
    let (sum, expected) = try (store.merged(query.selection), reference.merged(query.selection))
    #expect(sum.captures == expected.captures)
    #expect(sum.profile.image == expected.profile.image, "\(query.selection)")
  }

  @Test func `a question over a long range reads roll-ups, and its ends one by one`() throws {
    let store = try SQLiteStore.open(path: folder.file())
    var random = RandomTraffic(seed: 9)
    for batch in random.batches() { _ = try store.insert(batch) }
    try store.rollUp(endingBefore: RandomTraffic.end)
    let selection = ProfileSelection(
      since: RandomTraffic.start.advanced(bySeconds: 90),
      kind: .traced,
      clock: .wall
    )
    let plan = try store.read { try $0.plan(SumRequest(selection, columns: .selfTimes)) }
    #expect(Set(plan.steps.map(\.level)) == [.captures, .minute, .hour])
    let captures = try store.read { try $0.survey(selection, longestExpected: nil) }.captures
    #expect(plan.steps.reduce(0) { $0 + $1.captures } == captures)
    let alone = try store.read {
      try $0.plan(SumRequest(selection, columns: .selfTimes, resolution: .captures))
    }
    #expect(alone.steps.map(\.level) == [.captures])
  }

  @Test func `sums that roll-ups cannot hold are left to the captures`() throws {
    let store = try SQLiteStore.open(path: folder.file())
    let longest = (Double(Nanoseconds.limit) * 1e-9).nextDown
    let function = FunctionProfile(
      function: Function(file: "a.py", line: 1, name: "f"),
      statistics: CallStatistics(
        callCount: 1,
        primitiveCallCount: 1,
        selfTime: longest,
        cumulativeTime: longest
      )
    )
    let records = (0..<9).map { number in
      ProfileRecord(
        id: ProfileID(given: "\(number)"),
        start: RandomTraffic.start,
        profile: StatsProfile(functions: [function])
      )
    }
    _ = try store.insert(records)
    try store.rollUp(endingBefore: RandomTraffic.end)
    let query = SliceQuery(every: .seconds(3_600))
    #expect(try store.slices(query) == MemoryStore(records).slices(query))
    #expect(try store.merged(.all).profile == MemoryStore(records).merged(.all).profile)
  }
}

/// Captures that come in bursts, many at one time and some long after it.
private struct RandomTraffic {
  static let start = Timestamp(nanoseconds: 1_767_600_000_000_000_000)
  static let end = start.advanced(bySeconds: 40 * 86_400)

  private var random: SeededGenerator
  private var records: RandomRecords
  private var count = 0

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    records = RandomRecords(seed: seed, functionCount: 12)
  }

  mutating func flip() -> Bool { Bool.random(using: &random) }

  mutating func moment() -> Timestamp {
    Self.start.advanced(bySeconds: .random(in: 0...2 * 86_400, using: &random))
  }

  mutating func batches() -> [[ProfileRecord]] {
    var all = (0..<10).flatMap { _ in burst() }
    // Some wait for the end.
    let late = all.indices.filter { _ in Int.random(in: 0..<6, using: &random) == 0 }
    let last = late.map { all[$0] }
    for index in late.reversed() { all.remove(at: index) }
    all += last
    return stride(from: 0, to: all.count, by: 40).map { Array(all[$0..<min($0 + 40, all.count)]) }
  }

  /// Captures of about three minutes, most of them within one.
  private mutating func burst() -> [ProfileRecord] {
    let start = Int64.random(in: 0...86_400, using: &random)
    return (0..<40).map { _ in
      count += 1
      let times = [RandomRecords.Times.nanoseconds, .patched, .any].randomElement(using: &random)
      var record = records.record(count, times ?? .any, count: 5)
      let width: Int64 = flip() ? 30 : 180
      let second = start + Int64.random(in: 0...width, using: &random)
      record.start = Self.start.advanced(bySeconds: second)
      record.kind = Int.random(in: 0..<9, using: &random) == 0 ? .sampled : .traced
      record.clock = .wall
      record.labels = [
        "service": "web", "host": "h\(Int.random(in: 0...2, using: &random))",
        "endpoint": "/\(Int.random(in: 0...1, using: &random))",
      ]
      if Int.random(in: 0..<5, using: &random) == 0 { record.labels["endpoint"] = nil }
      return record
    }
  }

  mutating func query() -> SliceQuery {
    let filters = [
      "", "", "host=h1", "service=web", "endpoint=/0,host=h2", "endpoint=~/.*", "host!=h0",
      "endpoint=", "host=nobody",
    ]
    let filter = try? LabelFilter(parsing: filters.randomElement(using: &random) ?? "")
    let selection = ProfileSelection(
      since: flip() ? moment() : nil,
      until: flip() ? moment() : nil,
      labels: filter ?? LabelFilter(),
      kind: .traced
    )
    let cases: [(Metric, SliceQuery.Grouping)] = [
      (.selfTime, .function), (.cumulativeTime, .function), (.calls, .file),
      (.primitiveCalls, .all),
      (.selfTimePerCall, .function), (.captures, .label("host")), (.selfTime, .label("endpoint")),
    ]
    let (metric, grouping) = cases.randomElement(using: &random) ?? (.calls, .all)
    return SliceQuery(
      selection,
      metric: metric,
      statistic: metric == .selfTime && flip() ? .mean : .sum,
      every: .seconds([30, 60, 300, 3_600, 5_400, 86_400].randomElement(using: &random) ?? 60),
      alignment: flip() ? .epoch : .first,
      grouping: grouping,
      top: flip() ? 3 : nil
    )
  }
}

extension Timestamp {
  fileprivate func advanced(bySeconds seconds: Int64) -> Timestamp {
    Timestamp(nanoseconds: nanoseconds + seconds * 1_000_000_000)
  }
}

extension StatsProfile {
  /// The functions and callers without their order.
  fileprivate var image: [Function: [Function?: CallEdge.Figures]] {
    var image: [Function: [Function?: CallEdge.Figures]] = [:]
    for row in functions {
      image[row.function] = [nil: .full(row.statistics)]
      for edge in row.callers { image[row.function]?[edge.caller] = edge.figures }
    }
    return image
  }
}

#endif
