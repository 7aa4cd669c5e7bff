// SPDX-License-Identifier: Apache-2.0

// Foundation for `Data`, which the parser of XML reads.
import Foundation
import StrataCore
import StrataTestSupport
import Testing

@testable import StrataCharts

#if canImport(FoundationXML)
import FoundationXML
#endif

struct DifferenceTests {
  private static let labels = Samples.differenceLabels

  @Test(arguments: [80, 120, 160, 200])
  func `the table is golden at each width`(width: Int) {
    let table = ComparisonTable(
      Samples.comparison(),
      options: .init(style: .init(width: width), labels: Self.labels)
    )
    #expect(Golden.mismatch(of: table.text, "diff-\(width).txt") == nil)
    #expect(table.text.split(separator: "\n").allSatisfy { String($0).columns <= width })
  }

  @Test(arguments: [80, 160])
  func `cumulative times are shown if asked`(width: Int) {
    let options = ComparisonTable.Options(
      style: TerminalStyle(width: width),
      showsCumulativeTime: true
    )
    let text = ComparisonTable(Samples.comparison(), options: options).text
    #expect(text.contains("cumulative") && text.contains("1.80 ms → 62.0 ms"))
  }

  @Test(arguments: TerminalColors.allCases, [true, false])
  func `the table has colours or signs`(colors: TerminalColors, isUnicode: Bool) {
    let options = ComparisonTable.Options(
      style: TerminalStyle(width: 150, colors: colors, isUnicode: isUnicode)
    )
    let text = ComparisonTable(Samples.comparison().keeping(3), options: options).text
    let name = "diff-\(colors)-\(isUnicode ? "unicode" : "ascii").txt"
    #expect(Golden.mismatch(of: text, name) == nil)
    #expect(text.contains("\u{1B}") == (colors != .none))
    #expect(isUnicode || text.unicodeScalars.allSatisfy(\.isASCII))
  }

  @Test(arguments: [960, 480])
  func `the picture is golden`(width: Int) {
    let options = ComparisonChart.Options(width: width, labels: Self.labels)
    let text = ComparisonChart(Samples.comparison().keeping(4), options: options).text
    #expect(Golden.mismatch(of: text, "diff-\(width).svg") == nil)
    #expect(isXML(text))
  }

  @Test func `per capture, and by file and name`() {
    let comparison = Samples.comparison(grouping: .name, isPerCapture: true)
    let text = ComparisonTable(comparison, options: .init(style: .init(width: 160))).text
    #expect(text.hasPrefix("Change of self time per capture, by file and name\n"))
    #expect(text.contains("difflib.py(get_close_matches)"))
    #expect(!text.contains("--stat mean"))
    let plain = ComparisonTable(Samples.comparison()).text
    #expect(plain.contains("different numbers of captures (90 and 77)"))
  }

  @Test func `resting on a row tells all figures`() {
    let text = ComparisonChart(Samples.comparison()).text
    #expect(
      text.contains(
        "(get_close_matches)\nself time 900 µs → 31.0 ms, +30.1 ms\n"
          + "more calls +8.10 ms, slower calls +22.0 ms\ncumulative time 1.80 ms → 62.0 ms\n"
          + "calls 40 → 400\nself time per call 22.5 µs → 77.5 µs</title>"
      )
    )
    #expect(text.contains("\nappeared\n") && text.contains("\nvanished\n"))
  }

  @Test func `nothing to compare is said in words`() {
    let nothing = ProfileComparison(of: CaptureSum(captures: 1), with: CaptureSum(captures: 1))
    #expect(ComparisonTable(nothing).text.contains("No functions to compare."))
    #expect(ComparisonChart(nothing).text.contains("No functions to compare."))
  }

  @Test func `hostile names and labels are harmless`() {
    let comparison = Samples.comparison(functions: Samples.hostile)
    let labels = ComparisonLabels(title: "</svg>\u{1B}c", subtitle: "\u{0}\"'>", before: "\u{9B}2J")
    let svg = ComparisonChart(comparison, options: .init(labels: labels)).text
    #expect(isXML(svg))
    #expect(!svg.contains("<script") && !svg.contains("\u{202E}") && !svg.contains("\u{1B}"))
    for width in [80, 160] {
      let text = ComparisonTable(
        comparison,
        options: .init(style: .init(width: width), labels: labels)
      ).text
      #expect(
        !text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" }
      )
      #expect(text.split(separator: "\n").allSatisfy { String($0).columns <= width })
    }
  }

  @Test func `extreme values never trap and are never NaN`() {
    for comparison in Samples.extremeComparisons {
      let svg = ComparisonChart(comparison.keeping(2)).text
      #expect(isXML(svg))
      #expect(!svg.lowercased().contains("nan\"") && !svg.contains("inf\""))
      for colors in TerminalColors.allCases {
        let text = ComparisonTable(comparison, options: .init(style: .init(colors: colors))).text
        #expect(!text.contains("nan") && !text.contains("inf"))
      }
    }
  }

  @Test func `both sides of a terminal's bar have one scale, and all bars one width`() {
    let model = ComparisonModel(Samples.comparison())
    let bar = DivergingBar(model, cells: 20, style: .init(colors: .none, isUnicode: false))
    let texts = model.rows.map(bar.text)
    #expect(texts.allSatisfy { $0.columns == 21 })
    let zero = texts.compactMap { text in text.firstIndex(of: "|").map { text[..<$0].count } }
    #expect(Set(zero).count == 1 && zero.count == texts.count)
    let lengths = zip(model.rows, texts).map { row, text in
      (row.ends.high - row.ends.low, text.filter { "#=".contains($0) }.count)
    }
    for (left, right) in zip(lengths, lengths.dropFirst()) where left.0 > 2 * right.0 {
      #expect(left.1 >= right.1)
    }
  }

  @Test(arguments: [(0, 0), (0, 5), (-5, 0), (-1, 1e9), (-3e300, 2), (-0.1, 0.3)])
  func `the axis has zero, and its ticks are inside`(low: Double, high: Double) {
    let axis = DivergingAxis(from: low, through: high, mostSteps: 8)
    #expect(axis.ticks.contains { $0.value == 0 && $0.label == "0" })
    #expect(axis.ticks.allSatisfy { (low * 1.001...high * 1.001).contains($0.value) })
    #expect(low == high || axis.ticks.count > 1)
    #expect(axis.ticks.count <= 12)
  }

  private func isXML(_ text: String) -> Bool {
    XMLParser(data: Data(text.utf8)).parse()
  }
}
