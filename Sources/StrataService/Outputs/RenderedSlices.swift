// SPDX-License-Identifier: Apache-2.0

public import StrataCharts
public import StrataCore
public import StrataExport

/// Slices of time in each of their forms.
public struct RenderedSlices: RenderedResult {
  /// The forms that it has, the default first.
  public static let formats: [OutputFormat] = [.text, .table, .svg, .html] + OutputFormat.data

  /// The slices.
  public var result: SlicedSeries
  /// The title of pictures; nil lets them say what they show.
  public var title: String?
  /// Which captures are shown: the filter, the range.
  public var subtitle: String?

  /// Creates the forms of a result.
  public init(_ result: SlicedSeries, title: String? = nil, subtitle: String? = nil) {
    self.result = result
    self.title = title
    self.subtitle = subtitle
  }

  /// The result as data.
  public var data: any DataResult { result }

  /// Writes a form for people.
  ///
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func writePicture(
    _ format: OutputFormat,
    in style: TerminalStyle,
    to output: ([UInt8]) throws -> Void
  ) throws {
    switch format {
    case .table: try output(Array(SeriesTable(result).text.utf8))
    case .svg:
      try SVGChart(result, options: .init(title: title, subtitle: subtitle)).write(to: output)
    case .html: try page.write(to: output)
    case .text, .prof, .data: try output(Array(text(in: style).utf8))
    }
  }

  /// The page has the title; the picture in it says what it shows.
  public var page: HTMLPage {
    HTMLPage(
      title: title ?? "Strata",
      sections: [
        HTMLPage.Section(heading: "", chart: result, options: .init(subtitle: subtitle))
      ]
    )
  }

  private func text(in style: TerminalStyle) -> String {
    TerminalChart(
      result,
      options: .init(
        style: style,
        title: title,
        subtitle: subtitle
      )
    ).text
  }
}
