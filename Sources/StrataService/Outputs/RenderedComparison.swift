// SPDX-License-Identifier: Apache-2.0

public import StrataCharts
public import StrataCore
public import StrataExport

/// A comparison of two sides in each of its forms.
public struct RenderedComparison: RenderedResult {
  /// The forms that it has, the default first.
  public static let formats: [OutputFormat] = [.text, .svg, .html] + OutputFormat.data

  /// The comparison.
  public var comparison: ProfileComparison
  /// What its functions are ordered by.
  public var order: ProfileComparison.Order
  /// The words around it.
  public var labels: ComparisonLabels

  /// Creates the forms of a comparison.
  public init(
    _ comparison: ProfileComparison,
    order: ProfileComparison.Order,
    labels: ComparisonLabels
  ) {
    self.comparison = comparison
    self.order = order
    self.labels = labels
  }

  /// The result as data.
  public var data: any DataResult { comparison }

  /// Writes a form for people.
  ///
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func writePicture(
    _ format: OutputFormat,
    in style: TerminalStyle,
    to output: ([UInt8]) throws -> Void
  ) throws {
    switch format {
    case .svg: try chart.write(to: output)
    case .html: try page.write(to: output)
    case .text, .table, .prof, .data: try output(Array(text(in: style).utf8))
    }
  }

  private func text(in style: TerminalStyle) -> String {
    ComparisonTable(
      comparison,
      options: .init(
        style: style,
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
