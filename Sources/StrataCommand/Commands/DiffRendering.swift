// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCharts
import StrataCore
import StrataFormats

/// A result of `strata diff` in each of its forms.
struct DiffRendering {
  let comparison: ProfileComparison
  let order: ProfileComparison.Order
  let labels: DifferenceLabels

  func bytes(_ format: Diff.Format, _ picture: PictureOptions, isFile: Bool) -> [UInt8] {
    switch format {
    case .text: Array(text(picture.canvas(isFile: isFile)).utf8)
    case .svg: Array(chart.text.utf8)
    case .html: Array(page.utf8)
    case .json: json
    case .csv: ProfileComparisonTable(comparison).csv
    case .ndjson: ProfileComparisonTable(comparison).ndjson
    }
  }

  private func text(_ canvas: Canvas) -> String {
    DifferenceTable(
      comparison,
      options: .init(
        width: canvas.width,
        colors: canvas.colors,
        isUnicode: canvas.isUnicode,
        showsCumulativeTime: order == .cumulativeTime,
        labels: labels
      )
    ).text
  }

  private var chart: DifferenceChart {
    DifferenceChart(comparison, options: .init(labels: labels))
  }

  private var json: [UInt8] {
    var json = JSONWriter()
    json.profileComparison(comparison)
    json.endDocument()
    return json.bytes
  }

  /// The page has the title; the picture in it says what it shows.
  private var page: String {
    var untitled = chart
    untitled.options.labels.title = nil
    let section = HTMLPage.Section(svg: untitled.text, table: HTMLPage.Table(comparison))
    return HTMLPage(title: labels.title ?? "Strata", sections: [section]).text
  }
}
#endif
