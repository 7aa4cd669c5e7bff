// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Series made by arithmetic: the same in every run, with shapes like real ones.
enum Samples {
  /// 2026-01-05T09:00:00Z.
  static let start = Timestamp(nanoseconds: 1_767_603_600_000_000_000)

  static let functions = [
    function("/opt/pythons/3.13.0/lib/python3.13/difflib.py", 650, "get_close_matches"),
    function("/opt/pythons/3.13.0/lib/python3.13/html/parser.py", 301, "parse_starttag"),
    function("/srv/shop/app/services/search/ranking/weights.py", 12, "<lambda>"),
    function("~", 0, "<method 'append' of 'list' objects>"),
    function("C:\\shop\\views.py", 7, "render"),
  ]

  static func function(_ file: String, _ line: Int, _ name: String) -> Function {
    Function(file: ByteString(file), line: line, name: ByteString(name))
  }

  /// Slices of ten seconds; the fourth has no captures, the last one is partial.
  static func series(
    metric: Metric = .selfTime,
    statistic: Statistic = .sum,
    slices count: Int = 12,
    functions: [Function] = functions,
    warnings: [String] = []
  ) -> SlicedSeries {
    let keys = functions.map { SeriesKey.function($0) }
    let rows = (0..<count).map { row(slice: $0, series: keys.count + 1, metric) }
    let slices = rows.enumerated().map { index, row in
      SlicedSeries.Slice(
        start: Timestamp(nanoseconds: start.nanoseconds + Int64(index) * 10_000_000_000),
        captures: index == 3 ? 0 : 5 + index % 7,
        isPartial: index == count - 1,
        total: sum(row),
        other: row.last ?? nil
      )
    }
    return SlicedSeries(
      metric: metric,
      statistic: statistic,
      every: .seconds(10),
      grouping: .function,
      kind: .traced,
      clock: .wall,
      slices: slices,
      series: keys.indices.map { index in
        let values = rows.map { $0[index] }
        return .init(key: keys[index], values: values, total: sum(values))
      },
      otherCount: 37,
      warnings: warnings.map { Warning(.sampled, $0) }
    )
  }

  /// The values of a slice; calls of one function stop for a while, so that a ratio is undefined.
  private static func row(slice: Int, series: Int, _ metric: Metric) -> [MetricValue?] {
    (0..<series).map { index in
      let calls =
        slice == 3 || (index == 1 && (5...6).contains(slice)) ? 0 : 1 + (slice + index) % 4
      let wave = (slice * 7 + index * 5) % 11 + slice / 2 + 1
      let value = Int128(calls == 0 ? 0 : wave * 1_370_000 / (index + 1))
      guard metric.unit.quantity == .time else { return MetricValue(Int128(calls * 1_234)) }
      return metric.isPerCall
        ? MetricValue(value, dividedBy: Int128(calls * 100)) : MetricValue(value)
    }
  }

  private static func sum(_ values: [MetricValue?]) -> MetricValue? {
    let defined = values.compactMap(\.self)
    let isRatio = defined.contains { $0.divisor != 1 }
    return MetricValue(
      defined.reduce(0) { $0 + $1.sum },
      dividedBy: isRatio ? defined.reduce(0) { $0 + $1.divisor } : 1
    )
  }

  /// Names as an enemy would write them.
  static let hostile = [
    function("/x/\u{1B}[2J\u{1B}]0;owned\u{7}.py", 1, "a\nb\tc\r\u{9B}31m"),
    function("/x/<script>alert('&\"')</script>.py", 2, "]]>&amp;</title>"),
    function(
      "/x/\u{202E}gpj.exe\u{2066}\u{200B}\u{FEFF}.py",
      3,
      "\u{0}\u{FFFE}\u{FFFF}\u{85}\u{2028}"
    ),
    Function(
      file: ByteString([0x2F, 0xED, 0xB2, 0x80, 0xFF, 0xC3]),
      line: 4,
      name: ByteString([0xEF, 0xB7, 0x90])
    ),
    function("/x/測試檔案/東京都.py", 5, "名前の長い関数_e\u{301}e\u{301}\u{308}👩‍👩‍👧"),
    function("", -1, ""),
    function(String(repeating: "/long", count: 500), .max, String(repeating: "n", count: 900)),
  ]

  static var inputs: InputComparison {
    let large = InputComparison.Distribution(
      captures: 40,
      sum: 480_000_000,
      p50: 11_000_000,
      p95: 21_000_000
    )
    let small = InputComparison.Distribution(
      captures: 520,
      sum: 208_000_000,
      p50: 390_000,
      p95: 800_000
    )
    let absent = InputComparison.Distribution(
      captures: 40,
      sum: 20_000_000,
      p50: 480_000,
      p95: 900_000
    )
    return InputComparison(
      keys: ["input"],
      captures: 600,
      selfTime: 708_000_000,
      kind: .traced,
      clock: .wall,
      inputs: [
        input(
          "large",
          large,
          [
            difference(functions[0], (120_000_000, 4000, 40), (20_000_000, 9000, 560)),
            difference(functions[1], (100_000_000, 20_000, 40), (30_000_000, 90_000, 560)),
            difference(functions[3], (30_000_000, 20_000, 40), (7_500_000, 90_000, 560)),
          ]
        ),
        input(
          "small",
          small,
          [
            difference(functions[1], (30_000_000, 90_000, 520), (100_000_000, 20_000, 80))
          ]
        ),
        input(nil, absent, []),
      ],
      warnings: [
        Warning(.sampled, "Only 40 captures have input=large: its p95 rests on two of them.")
      ]
    )
  }

  private static func input(
    _ value: String?,
    _ side: InputComparison.Distribution,
    _ functions: [InputComparison.FunctionDifference]
  ) -> InputComparison.Input {
    let rest = InputComparison.Distribution(
      captures: 600 - side.captures,
      sum: 708_000_000 - side.sum,
      p50: 400_000,
      p95: 9_000_000
    )
    return .init(key: "input", value: value, distribution: side, rest: rest, functions: functions)
  }

  private static func difference(
    _ function: Function,
    _ side: (selfTime: Nanoseconds.Sum, calls: Int128, captures: Int128),
    _ rest: (selfTime: Nanoseconds.Sum, calls: Int128, captures: Int128)
  ) -> InputComparison.FunctionDifference {
    .init(
      function: function,
      side: .init(selfTime: side.selfTime, calls: side.calls, captures: side.captures),
      rest: .init(selfTime: rest.selfTime, calls: rest.calls, captures: rest.captures)
    )
  }
}
