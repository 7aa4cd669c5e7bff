// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCharts
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool

/// A result of `strata slices` in each of its forms.
struct SlicesRendering {
  let result: SlicedSeries
  let subtitle: String?
  let title: String?

  /// Writes a form that programs read.
  func writeData(_ format: Slices.Format, _ texts: CSVTexts, to output: Output) throws {
    try output.writeData { output in
      switch format {
      case .csv: try SlicedSeriesTable(result).writeCSV(texts, to: output)
      case .ndjson: try SlicedSeriesTable(result).writeNDJSON(to: output)
      case .json, .bars, .table, .svg, .html: try result.writeJSON(to: output)
      }
    }
  }

  /// Writes a picture or a table.
  func writePicture(_ format: Slices.Format, _ picture: PictureOptions, to output: Output) throws {
    let canvas = picture.canvas(isTerminal: output.isTerminal)
    try output.write { output in
      switch format {
      case .table: try output(Array(SeriesTable(result).text.utf8))
      case .svg: try chart.write(to: output)
      case .html: try page.write(to: output)
      case .bars, .json, .csv, .ndjson: try output(Array(bars(canvas).utf8))
      }
    }
  }

  private var chart: SVGChart {
    SVGChart(result, options: .init(title: title, subtitle: subtitle))
  }

  /// The page has the title; the picture in it says what it shows.
  var page: HTMLPage {
    HTMLPage(
      title: title ?? "Strata",
      sections: [
        HTMLPage.Section(heading: "", chart: result, options: .init(subtitle: subtitle))
      ]
    )
  }

  private func bars(_ canvas: Canvas) -> String {
    TerminalChart(
      result,
      options: .init(
        width: canvas.width,
        colors: canvas.colors,
        isUnicode: canvas.isUnicode,
        title: title,
        subtitle: subtitle
      )
    ).text
  }
}
#endif
