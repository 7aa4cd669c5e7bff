// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCharts
import StrataCore
import StrataFormats

/// A result of `strata slices` in each of its forms.
struct SlicesRendering {
  let result: SlicedSeries
  let subtitle: String?
  let title: String?

  func bytes(_ format: Slices.Format, _ picture: PictureOptions, isFile: Bool) -> [UInt8] {
    switch format {
    case .bars: Array(bars(picture.canvas(isFile: isFile)).utf8)
    case .table: Array(SeriesTable(result).text.utf8)
    case .svg: Array(SVGChart(result, options: .init(title: title, subtitle: subtitle)).text.utf8)
    case .html: Array(page.utf8)
    case .json: json
    case .csv: SlicedSeriesTable(result).csv
    case .ndjson: SlicedSeriesTable(result).ndjson
    }
  }

  private var json: [UInt8] {
    var json = JSONWriter()
    json.slicedSeries(result)
    json.endDocument()
    return json.bytes
  }

  /// The page has the title; the picture in it says what it shows.
  private var page: String {
    HTMLPage(
      title: title ?? "Strata",
      sections: [
        HTMLPage.Section(heading: "", chart: result, options: .init(subtitle: subtitle))
      ]
    ).text
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
