// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCharts
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool

/// A result of `strata diff` in each of its forms.
struct DiffRendering {
  let comparison: ProfileComparison
  let order: ProfileComparison.Order
  let labels: ComparisonLabels

  /// Writes a form that programs read.
  func writeData(_ format: Diff.Format, _ texts: CSVTexts, to output: Output) throws {
    try output.writeData { output in
      switch format {
      case .csv: try ProfileComparisonTable(comparison).writeCSV(texts, to: output)
      case .ndjson: try ProfileComparisonTable(comparison).writeNDJSON(to: output)
      case .json, .text, .svg, .html: try comparison.writeJSON(to: output)
      }
    }
  }

  /// Writes a picture or a table.
  func writePicture(_ format: Diff.Format, _ picture: PictureOptions, to output: Output) throws {
    let canvas = picture.canvas(isTerminal: output.isTerminal)
    try output.write { output in
      switch format {
      case .svg: try chart.write(to: output)
      case .html: try page.write(to: output)
      case .text, .json, .csv, .ndjson: try output(Array(text(canvas).utf8))
      }
    }
  }

  private func text(_ canvas: Canvas) -> String {
    ComparisonTable(
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

  private var chart: ComparisonChart {
    ComparisonChart(comparison, options: .init(labels: labels))
  }

  /// The page has the title; the picture in it says what it shows.
  private var page: HTMLPage {
    var untitled = chart
    untitled.options.labels.title = nil
    let section = HTMLPage.Section(
      picture: .difference(untitled),
      table: HTMLPage.Table(comparison)
    )
    return HTMLPage(title: labels.title ?? "Strata", sections: [section])
  }
}
#endif
