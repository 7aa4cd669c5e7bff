// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

struct MetricValueTests {
  @Test
  func `is a whole number only where it is one`() {
    #expect(MetricValue(12, dividedBy: 4)?.exactInteger == 3)
    #expect(MetricValue(13, dividedBy: 4)?.exactInteger == nil)
    #expect(MetricValue(13, dividedBy: 4)?.double == 3.25)
    #expect(MetricValue(-12, dividedBy: 4)?.exactInteger == -3)
    #expect(MetricValue(12, dividedBy: -4)?.exactInteger == -3)
    #expect(MetricValue(5).exactInteger == 5)
    #expect(MetricValue.zero.double == 0)
  }

  @Test
  func `a division by nothing has no value`() {
    #expect(MetricValue(1, dividedBy: 0) == nil)
    #expect(MetricValue(0, dividedBy: 0) == nil)
  }

  @Test
  func `keeps sums beyond 64 bits`() {
    let sum = Int128(Int64.max) * 1_000
    #expect(MetricValue(sum, dividedBy: 1_000)?.exactInteger == Int128(Int64.max))
  }
}

struct MetricTests {
  @Test(
    arguments: [
      ("self", .selfTime), ("tottime", .selfTime), ("selfTime", .selfTime),
      ("cumulative", .cumulativeTime), ("cumtime", .cumulativeTime),
      ("cumulativeTime", .cumulativeTime), ("calls", .calls), ("ncalls", .calls),
      ("callCount", .calls), ("pcalls", .primitiveCalls), ("primitiveCallCount", .primitiveCalls),
      ("primitiveCalls", .primitiveCalls), ("self-per-call", .selfTimePerCall),
      ("cumulative-per-call", .cumulativeTimePerCall), ("captures", .captures),
      ("percall", .selfTimePerCall), ("selfTimePerCall", .selfTimePerCall),
      ("cumulativeTimePerCall", .cumulativeTimePerCall), ("duration", .duration),
    ] as [(String, Metric)]
  )
  func `is known by each of its names`(_ name: String, _ metric: Metric) {
    #expect(Metric(name: name) == metric)
  }

  @Test(arguments: Metric.allCases)
  func `comes back by its own names`(_ metric: Metric) {
    #expect(Metric(name: metric.name) == metric)
    #expect(Metric(name: metric.rawValue) == metric)
  }

  @Test func `says the words that data, the command line and pictures have always had`() {
    let words = Metric.allCases.map { "\($0.rawValue) \($0.name) \($0.unit.rawValue): \($0.title)" }
    #expect(
      words == [
        "selfTime self ns: Self time",
        "cumulativeTime cumulative ns: Cumulative time",
        "calls calls calls: Calls",
        "primitiveCalls pcalls calls: Primitive calls",
        "selfTimePerCall self-per-call ns/call: Self time per call",
        "cumulativeTimePerCall cumulative-per-call ns/call: Cumulative time per call",
        "captures captures captures: Captures",
        "duration duration ns: Duration of captures",
      ]
    )
    #expect(Metric.selfTimePerCall.unit == .nanosecondsPerCall)
  }

  @Test func `names and words of figures are theirs alone`() {
    let words = Figure.all.flatMap(\.words)
    #expect(Set(words).count == words.count)
    #expect(Set(Figure.all.map(\.name)).count == Figure.all.count)
  }

  @Test(arguments: ["", "Self", "time", "self time"])
  func `has no other names`(_ name: String) {
    #expect(Metric(name: name) == nil)
  }

  @Test
  func `adds up only where nothing overlaps`() {
    let additive = Metric.allCases.filter(\.isAdditive)
    #expect(additive == [.selfTime, .calls, .primitiveCalls, .captures, .duration])
    let perCall = Metric.allCases.filter(\.isPerCall)
    #expect(perCall == [.selfTimePerCall, .cumulativeTimePerCall])
  }

  @Test(
    arguments: [
      (.selfTime, .sum, .function, true), (.selfTime, .mean, .function, true),
      (.selfTime, .mean, .label("host"), false), (.selfTime, .p95, .function, false),
      (.cumulativeTime, .sum, .function, false), (.calls, .sum, .label("host"), true),
      (.selfTimePerCall, .sum, .function, false), (.captures, .sum, .all, true),
    ] as [(Metric, Statistic, Grouping, Bool)]
  )
  func `a stack is a total only of what adds up`(
    _ metric: Metric,
    _ statistic: Statistic,
    _ grouping: Grouping,
    _ expected: Bool
  ) {
    let result = SlicedSeries(
      metric: metric,
      statistic: statistic,
      every: .seconds(1),
      grouping: grouping,
      kind: nil,
      clock: nil,
      slices: [],
      series: []
    )
    #expect(result.isStackable == expected)
  }

  @Test
  func `series keys are described for people and ordered, the absent label last`() {
    let labels: [SeriesKey] = [
      .label(key: "host", value: ""), .label(key: "host", value: "a"),
      .label(key: "host", value: "b"), .label(key: "host", value: nil),
    ]
    #expect(labels.shuffled().sorted() == labels)
    #expect(labels.last?.description == "(no host)")
    #expect(SeriesKey.function(.at("a.py", 3, "f")).description == "a.py:3(f)")
    let functions = [2, 10].map { SeriesKey.function(.at("a.py", $0, "f")) }
    #expect(functions.reversed().sorted() == functions)
    #expect(SeriesKey.file("a").description == "a")
    #expect(SeriesKey.all.description == "all")
  }
}

struct ChangeSplitTests {
  private static func side(
    _ selfTime: Nanoseconds.Sum,
    _ calls: Int128,
    _ captures: Int128 = 1
  ) -> ChangeSplit.Side {
    ChangeSplit.Side(selfTime: selfTime, calls: calls, captures: captures)
  }

  @Test(
    arguments: [
      // Twice the calls at the old price, then the same calls at twice the price, then both.
      (side(100, 10), side(200, 20), 100, 0), (side(100, 10), side(200, 10), 0, 100),
      (side(100, 10), side(400, 20), 100, 200), (side(100, 10), side(50, 5), -50, 0),
      (side(100, 10), side(50, 10), 0, -50), (side(100, 10), side(100, 10), 0, 0),
      // Fewer but slower calls: no change in all.
      (side(100, 10), side(100, 5), -50, 50),
      // Three captures are compared with three times one.
      (side(100, 10), side(300, 30, 3), 0, 0), (side(100, 10), side(600, 30, 3), 0, 300),
      (side(300, 30, 3), side(200, 20), 100, 0),
      // No time per call on one side: all is more calls.
      (side(0, 0), side(70, 7), 70, 0), (side(70, 7), side(0, 0), -70, 0),
      (side(5, 0), side(9, 3), 4, 0),
      // No captures on one side: no change.
      (side(0, 0, 0), side(70, 7), 0, 0), (side(70, 7), side(0, 0, 0), 0, 0),
      // A third of 100 is rounded.
      (side(100, 1, 3), side(0, 1), 67, -100), (side(200, 3), side(200, 2), -67, 67),
    ] as [(ChangeSplit.Side, ChangeSplit.Side, Nanoseconds.Sum, Nanoseconds.Sum)]
  )
  func `splits a change into more and slower calls`(
    _ old: ChangeSplit.Side,
    _ new: ChangeSplit.Side,
    _ moreCalls: Nanoseconds.Sum,
    _ slowerCalls: Nanoseconds.Sum
  ) {
    let split = ChangeSplit(from: old, to: new)
    #expect(split.moreCalls == moreCalls)
    #expect(split.slowerCalls == slowerCalls)
  }

  @Test
  func `the two terms always add up to the change`() {
    var random = SeededGenerator(seed: 10)
    for _ in 0..<5_000 {
      let bits = Int64.random(in: 1...62, using: &random)
      func number() -> Int128 { Int128(Int64.random(in: 0..<1 << bits, using: &random)) }
      let captures = (
        Int128.random(in: 1...50, using: &random), Int128.random(in: 1...50, using: &random)
      )
      let old = Self.side(Nanoseconds.Sum(number()), number(), captures.0)
      let new = Self.side(Nanoseconds.Sum(number()), number(), captures.1)
      let split = ChangeSplit(from: old, to: new)
      let expected = new.selfTime * old.captures - old.selfTime * new.captures
      #expect(split.moreCalls + split.slowerCalls == split.change)
      let error = split.change * old.captures - expected
      #expect(error.count.magnitude * 2 <= old.captures.magnitude)
      if old.calls == 0 || new.calls == 0 { #expect(split.slowerCalls == 0) }
    }
  }

  @Test
  func `what no 127 bits hold has the right sign, and the terms add up`() {
    let few = Self.side(Nanoseconds.Sum(16 << 62), 16, 16)
    let many = Self.side(16_000_000_000, Int128(Int64.max) * 16, 16)
    let split = ChangeSplit(from: few, to: many)
    #expect(split.moreCalls == Nanoseconds.Sum(1 << 126))
    #expect(split.change == many.selfTime - few.selfTime)
    let negative = ChangeSplit(from: Self.side(Nanoseconds.Sum(-16 << 62), 16, 16), to: many)
    #expect(negative.moreCalls == Nanoseconds.Sum(-1 << 126))
    #expect(negative.change == many.selfTime + few.selfTime)
  }

  @Test
  func `negative times split as well`() {
    let split = ChangeSplit(from: Self.side(-100, 10, 3), to: Self.side(-20, 10, 1))
    #expect(split.change == 13)
  }

  @Test(arguments: ["function", "file", "module", "all", "label:host", "label:label:x"])
  func `a grouping is read as it is written`(_ text: String) {
    #expect(Grouping(parsing: text)?.description == text)
  }

  @Test(arguments: ["", "label:", "functions", "Label:x"])
  func `nothing else is a grouping`(_ text: String) {
    #expect(Grouping(parsing: text) == nil)
  }
}
