// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import Testing

@testable import StrataCharts

struct TableTests {
  @Test(arguments: [Metric.selfTime, .selfTimePerCall, .calls])
  func `slices are the golden table`(metric: Metric) {
    let text = SeriesTable(Samples.series(metric: metric, warnings: ["Mind the gap."])).text
    #expect(Golden.mismatch(of: text, "table-\(metric).txt") == nil)
  }

  @Test(arguments: [80, 100, 120, 200])
  func `inputs are the golden table`(width: Int) {
    let text = InputTable(
      Samples.inputs,
      options: .init(style: .init(width: width), subtitle: "host=a")
    ).text
    #expect(Golden.mismatch(of: text, "inputs-\(width).txt") == nil)
    #expect(text.split(separator: "\n").allSatisfy { String($0).columns <= width })
  }

  @Test(arguments: TerminalColors.allCases)
  func `inputs have colours or signs`(colors: TerminalColors) {
    let options = InputTable.Options(
      style: TerminalStyle(width: 120, colors: colors, isUnicode: false)
    )
    let text = InputTable(Samples.inputs, options: options).text
    #expect(Golden.mismatch(of: text, "inputs-\(colors).txt") == nil)
    #expect(text.contains("\u{1B}") == (colors != .none))
  }

  @Test func `no captures is said in words`() {
    let nothing = InputComparison(
      keys: ["input"],
      captures: 0,
      selfTime: 0,
      kind: nil,
      clock: nil,
      inputs: []
    )
    #expect(InputTable(nothing).text.contains("No captures to compare."))
  }

  @Test func `hostile labels are harmless`() {
    var inputs = Samples.inputs
    inputs.inputs[0].value = "\u{1B}]0;x\u{7}\n"
    inputs.inputs[0].functions[0].function = Samples.hostile[0]
    inputs.keys = ["\u{1B}c"]
    inputs.warnings = [Warning(.sampled, "\u{9B}2J")]
    let text = InputTable(inputs, options: .init(subtitle: "\u{1B}c")).text
    let series = SeriesTable(Samples.series(functions: Samples.hostile, warnings: ["\u{7}"])).text
    for text in [text, series] {
      #expect(
        !text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" }
      )
    }
  }

  @Test(arguments: Extremes.all)
  func `extreme values never trap`(series: SlicedSeries) {
    let text = SeriesTable(series).text
    #expect(!text.lowercased().contains("nan") && !text.contains("inf"))
  }

  @Test func `a line of the table is one slice`() throws {
    let lines = SeriesTable(Samples.series(slices: 5)).text.split(separator: "\n")
    let line = try #require(lines.first { $0.hasPrefix("2026-01-05T09:00:10Z ") })
    #expect(line.split(separator: " ").count == 9)
    #expect(lines.contains { $0.hasSuffix("empty") })
    #expect(lines.contains { $0.hasSuffix("partial") })
  }
}
