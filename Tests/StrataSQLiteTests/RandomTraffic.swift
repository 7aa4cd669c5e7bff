// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting

/// Captures that come in bursts, many at one time and some long after it.
struct RandomTraffic {
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

  mutating func batches() -> [[Capture]] {
    var all = (0..<10).flatMap { _ in burst() }
    // Some wait for the end.
    let late = all.indices.filter { _ in Int.random(in: 0..<6, using: &random) == 0 }
    let last = late.map { all[$0] }
    for index in late.reversed() { all.remove(at: index) }
    all += last
    return stride(from: 0, to: all.count, by: 40).map { Array(all[$0..<min($0 + 40, all.count)]) }
  }

  /// Captures of about three minutes, most of them within one.
  private mutating func burst() -> [Capture] {
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
    let filter = try? CaptureFilter(parsing: filters.randomElement(using: &random) ?? "")
    let selection = ProfileSelection(
      since: flip() ? moment() : nil,
      until: flip() ? moment() : nil,
      filter: filter ?? CaptureFilter(),
      kind: .traced
    )
    let cases: [(Metric, Grouping)] = [
      (.selfTime, .function), (.cumulativeTime, .function), (.calls, .file),
      (.primitiveCalls, .all),
      (.selfTimePerCall, .function), (.captures, .label("host")), (.selfTime, .label("endpoint")),
      (.duration, .all), (.duration, .label("host")),
    ]
    let (metric, grouping) = cases.randomElement(using: &random) ?? (.calls, .all)
    return SliceQuery(
      selection,
      metric: metric,
      statistic: [.selfTime, .duration].contains(metric) && flip() ? .mean : .sum,
      every: .seconds([30, 60, 300, 3_600, 5_400, 86_400].randomElement(using: &random) ?? 60),
      alignment: flip() ? .epoch : .first,
      grouping: grouping,
      top: flip() ? 3 : nil
    )
  }
}

/// Captures of one function at one time, three of which no 63 bits hold the sum of.
enum HugeCaptures {
  static func records(_ starts: [Timestamp]) -> [Capture] {
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
    return starts.enumerated().map { number, start in
      Capture(
        id: ProfileID(given: "\(number)"),
        start: start,
        profile: StatsProfile(functions: [function])
      )
    }
  }
}

extension Timestamp {
  func advanced(bySeconds seconds: Int64) -> Timestamp {
    Timestamp(nanoseconds: nanoseconds + seconds * 1_000_000_000)
  }
}

extension StatsProfile {
  /// The functions and callers without their order.
  var image: [Function: [Function?: CallEdge.Figures]] {
    var image: [Function: [Function?: CallEdge.Figures]] = [:]
    for row in functions {
      image[row.function] = [nil: .full(row.statistics)]
      for edge in row.callers { image[row.function]?[edge.caller] = edge.figures }
    }
    return image
  }
}

#endif
