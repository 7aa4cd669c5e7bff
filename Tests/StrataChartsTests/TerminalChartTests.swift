// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import Testing

@testable import StrataCharts

struct TerminalChartTests {
  private static let overlap =
    "Cumulative times overlap: the bars are higher than the measured time."

  @Test(arguments: TerminalColors.allCases, [true, false])
  func `every mode draws the golden picture`(colors: TerminalColors, isUnicode: Bool) {
    let text = chart(Samples.series(), colors: colors, isUnicode: isUnicode)
    let name = "terminal-\(colors)-\(isUnicode ? "unicode" : "ascii").txt"
    #expect(Golden.mismatch(of: text, name) == nil)
  }

  @Test(arguments: TerminalColors.allCases)
  func `figures per call are levels`(colors: TerminalColors) {
    let text = chart(Samples.series(metric: .selfTimePerCall), colors: colors)
    #expect(Golden.mismatch(of: text, "terminal-per-call-\(colors).txt") == nil)
  }

  @Test func `more slices than columns are summed and the head says so`() {
    let text = chart(Samples.series(slices: 200), width: 60)
    #expect(Golden.mismatch(of: text, "terminal-merged.txt") == nil)
    #expect(text.contains("each column is 4 slices of 10 s, summed"))
  }

  @Test func `percentiles of merged slices are the largest of them`() {
    let text = chart(Samples.series(statistic: .p95, slices: 200), width: 100)
    let words = text.replacing("\n", with: " ")
    #expect(words.contains("each column is 3 slices of 10 s, the largest of them"))
  }

  @Test func `cumulative time shows the sentence about overlaps`() {
    let series = Samples.series(metric: .cumulativeTime, warnings: [Self.overlap])
    let text = chart(series, width: 120, colors: .trueColor)
    #expect(Golden.mismatch(of: text, "terminal-cumulative.txt") == nil)
    #expect(text.contains(Self.overlap))
    #expect(!text.contains("%"))
  }

  @Test func `legend shows totals and shares`() throws {
    let series = Samples.series()
    let lines = chart(series, width: 100).split(separator: "\n")
    let line = try #require(lines.first { $0.hasSuffix("difflib.py:650(get_close_matches)") })
    let total = try #require(Quantity(series.series[0].total, unit: .nanoseconds))
    #expect(line.hasPrefix("a ") && line.contains(" \(total)  "))
    #expect(line.contains(" %  /opt"))
    #expect(lines.contains { $0.hasSuffix("100.0 %  everything") })
  }

  @Test func `no captures is said in words`() {
    let text = chart(Samples.series(slices: 0))
    #expect(Golden.mismatch(of: text, "terminal-empty.txt") == nil)
    #expect(text.contains("No captures in this range."))
  }

  @Test(arguments: [40, 60, 80, 120, 200], TerminalColors.allCases)
  func `no line is wider than the terminal`(width: Int, colors: TerminalColors) {
    for metric in [Metric.selfTime, .selfTimePerCall, .calls] {
      for slices in [1, 5, 66, 1000] {
        let series = Samples.series(metric: metric, slices: slices, warnings: [Self.overlap])
        for line in chart(series, width: width, colors: colors).split(separator: "\n") {
          #expect(String(line).withoutSequences.columns <= width, "\(line)")
        }
      }
    }
  }

  @Test(arguments: [true, false])
  func `no escape sequence of a name reaches the terminal`(isUnicode: Bool) {
    var series = Samples.series(functions: Samples.hostile, warnings: ["\u{1B}[5mblink\u{7}"])
    series.grouping = .label("\u{1B}[1m")
    let options = TerminalChart.Options(
      style: TerminalStyle(isUnicode: isUnicode),
      subtitle: "x=\u{1B}[31m\u{9B}1m"
    )
    let text = TerminalChart(series, options: options).text
    let controls = text.unicodeScalars.filter {
      $0.properties.generalCategory == .control && $0 != "\n"
    }
    #expect(controls.isEmpty)
    let colored = chart(series, width: 100, colors: .ansi256).withoutSequences
    #expect(!colored.contains("\u{1B}"))
  }

  @Test(arguments: Extremes.all)
  func `extreme values never trap`(series: SlicedSeries) {
    for colors in TerminalColors.allCases {
      let text = chart(series, colors: colors)
      #expect(!text.lowercased().contains("nan") && !text.contains("inf"))
    }
  }

  private func chart(
    _ series: SlicedSeries,
    width: Int = 80,
    colors: TerminalColors = .none,
    isUnicode: Bool = true
  ) -> String {
    let options = TerminalChart.Options(
      style: TerminalStyle(width: width, colors: colors, isUnicode: isUnicode),
      subtitle: "endpoint=search"
    )
    return TerminalChart(series, options: options).text
  }
}

extension String {
  /// The text without the colours that charts themselves write.
  var withoutSequences: String {
    var result = ""
    var isInside = false
    for character in unicodeScalars {
      if character == "\u{1B}" { isInside = true }
      if !isInside { result.unicodeScalars.append(character) }
      if character == "m" { isInside = false }
    }
    return result
  }
}
