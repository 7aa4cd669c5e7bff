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

struct SVGChartTests {
  @Test(arguments: [Metric.selfTime, .selfTimePerCall, .cumulativeTime, .calls])
  func `every metric draws the golden picture`(metric: Metric) {
    let text = SVGChart(Samples.series(metric: metric), options: .init(subtitle: "a<b")).text
    #expect(Golden.mismatch(of: text, "chart-\(metric).svg") == nil)
    #expect(isXML(text))
  }

  @Test func `no captures is said in words`() {
    let text = SVGChart(Samples.series(slices: 0)).text
    #expect(text.contains("No captures in this range."))
    #expect(Golden.mismatch(of: text, "chart-empty.svg") == nil)
  }

  @Test func `captures without time are not called missing`() {
    var series = Samples.series(functions: [])
    for index in series.slices.indices { series.slices[index].other = .zero }
    #expect(SVGChart(series).text.contains("All values in this range are zero."))
  }

  @Test func `hostile names leave valid markup`() {
    let series = Samples.series(functions: Samples.hostile, warnings: ["<b>&\u{1}"])
    let text = SVGChart(series, options: .init(title: "</svg>", subtitle: "\u{0}\"'>")).text
    #expect(isXML(text))
    #expect(!text.contains("<script") && !text.contains("\u{202E}") && !text.contains("\u{1B}"))
  }

  @Test(arguments: Extremes.all)
  func `extreme values never trap and are never NaN`(series: SlicedSeries) {
    let text = SVGChart(series).text
    #expect(isXML(text))
    #expect(!text.lowercased().contains("nan") && !text.contains("inf"))
  }

  @Test func `thousands of slices make a small picture`() {
    let text = SVGChart(Samples.series(slices: 10_000)).text
    #expect(text.contains("each column is 24 slices of 10 s, summed"))
    #expect(text.utf8.count < 1_500_000)
  }

  @Test func `an undefined value breaks the line`() throws {
    let text = SVGChart(Samples.series(metric: .selfTimePerCall)).text
    let paths = text.split(separator: "\n").filter { $0.hasPrefix("<path") }
    #expect(paths.contains { $0.split(separator: "M").count == 4 })
  }

  @Test func `resting on a value tells the function, the slice, the value and its share`() {
    let text = SVGChart(Samples.series()).text
    #expect(
      text.contains(
        "(get_close_matches)\n2026-01-05T09:00:00Z · 5 captures\n1.37 ms · "
      )
    )
    #expect(text.contains("% of the slice</title>"))
  }

  @Test(arguments: [0, 320, 5000], [0, 300])
  func `any size is drawn`(width: Int, height: Int) {
    let options = SVGChart.Options(width: width, plotHeight: height)
    #expect(isXML(SVGChart(Samples.series(), options: options).text))
  }

  @Test func `nothing is fetched and no script runs`() {
    let page = HTMLPage(title: "x", sections: [.init(heading: "y", chart: Samples.series())]).text
    let text = page.replacing("http://www.w3.org/2000/svg", with: "")
      .replacing("http://www.w3.org/1999/xhtml", with: "")
    for word in ["http", "url(", "@import", "<script", "<link", "href"] {
      #expect(!text.contains(word), "\(word)")
    }
  }

  @Test func `a page is golden and well formed`() {
    let page = HTMLPage(
      title: "A <page>",
      sections: [
        .init(heading: "Where & when", paragraph: "Self time.", chart: Samples.series()),
        .init(heading: "Words alone", paragraph: "\u{1B}[1mNo picture\u{0}"),
        .init(table: .init(summary: "Bare", columns: ["a", "b"], rows: [["1", "2"], []])),
      ]
    )
    #expect(Golden.mismatch(of: page.text, "page.html") == nil)
    #expect(isXML(page.text))
  }

  private func isXML(_ text: String) -> Bool {
    XMLParser(data: Data(text.utf8)).parse()
  }
}
