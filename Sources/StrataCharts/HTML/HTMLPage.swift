// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A page of charts in one file: nothing is fetched, no script runs but that of a flame graph, and it
/// prints well.
///
/// ```swift
/// let page = HTMLPage(title: "Search, this morning", sections: [
///   .init(heading: "Where the time went", chart: series),
/// ])
/// print(page.text)
/// ```
public struct HTMLPage: Sendable {
  /// One part of the page.
  public struct Section: Hashable, Sendable {
    /// Its heading; empty for none.
    public var heading: String
    /// A paragraph below the heading; empty for none.
    public var paragraph: String
    /// A picture; nil for none.
    public var picture: Picture?
    /// The numbers of the picture, folded away.
    public var table: Table?

    /// Creates a section.
    public init(
      heading: String = "",
      paragraph: String = "",
      picture: Picture? = nil,
      table: Table? = nil
    ) {
      self.heading = heading
      self.paragraph = paragraph
      self.picture = picture
      self.table = table
    }

    /// Creates a section of a picture and the table of its numbers.
    public init(
      heading: String,
      paragraph: String = "",
      chart series: SlicedSeries,
      options: SVGChart.Options = SVGChart.Options()
    ) {
      self.init(
        heading: heading,
        paragraph: paragraph,
        picture: .slices(SVGChart(series, options: options)),
        table: Table(series)
      )
    }
  }

  /// What a section shows.
  public enum Picture: Hashable, Sendable {
    /// Slices of time.
    case slices(SVGChart)
    /// Differences between two sides.
    case difference(ComparisonChart)
    /// A flame graph, which has a script that zooms and searches.
    case flame(FlameGraph)
    /// SVG text that is valid already.
    case svg(String)

    fileprivate func write(to html: inout XMLWriter) {
      switch self {
      case .slices(let chart): chart.write(to: &html)
      case .difference(let chart): chart.write(to: &html)
      case .flame(let graph): graph.write(to: &html)
      case .svg(let text): html.markup(text)
      }
    }
  }

  /// A table of texts.
  public struct Table: Hashable, Sendable {
    /// What the fold says.
    public var summary: String
    /// The heads of the columns.
    public var columns: [String]
    /// The rows, as wide as the heads; the first text of each is its head.
    public var rows: [[String]]

    /// Creates a table.
    public init(summary: String, columns: [String], rows: [[String]]) {
      self.summary = summary
      self.columns = columns
      self.rows = rows
    }
  }

  /// The title and first heading.
  public var title: String
  /// The sections in their order.
  public var sections: [Section]

  /// Creates a page.
  public init(title: String, sections: [Section]) {
    self.title = title
    self.sections = sections
  }

  /// The page as an HTML document, which is well-formed XML as well; in memory as a whole: see
  /// ``write(to:)``.
  public var text: String { XMLWriter.text(write) }

  /// Hands the page on as an HTML document, piece by piece.
  ///
  /// - Parameter output: Takes the pieces in their order, each of some 64 KiB in UTF-8.
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func write<Failure>(
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try XMLWriter.write(to: output, write)
  }

  private func write(to page: inout XMLWriter) {
    page.markup("<!DOCTYPE html>\n")
    page.element("html", ["xmlns": "http://www.w3.org/1999/xhtml", "lang": "en"]) { html in
      html.element("head") { head(in: &$0) }
      html.element("body") { body in
        body.element("main") { main(in: &$0) }
      }
    }
  }

  // MARK: - Parts

  private func head(in html: inout XMLWriter) {
    html.empty("meta", ["charset": "utf-8"])
    html.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
    html.empty("meta", ["name": "color-scheme", "content": "light dark"])
    html.element("title", text: title.printable)
    html.element("style") { $0.markup(HTMLStyle.rules) }
  }

  private func main(in html: inout XMLWriter) {
    html.element("h1", text: title.printable)
    for section in sections {
      html.element("section") { write(section, to: &$0) }
    }
  }

  private func write(_ section: Section, to html: inout XMLWriter) {
    if !section.heading.isEmpty { html.element("h2", text: section.heading.printable) }
    if !section.paragraph.isEmpty { html.element("p", text: section.paragraph.printable) }
    if let picture = section.picture { html.element("figure") { picture.write(to: &$0) } }
    guard let table = section.table else { return }
    html.element("details") { details in
      details.element("summary", text: table.summary.printable)
      details.element("div", ["class": "scroll"]) { write(table, to: &$0) }
    }
  }

  private func write(_ table: Table, to html: inout XMLWriter) {
    html.element("table") { body in
      body.element("thead") { row(table.columns, head: "col", in: &$0) }
      body.element("tbody") { rows in
        for texts in table.rows { row(texts, head: "row", in: &rows) }
      }
    }
  }

  /// A row of a table; its heads are all texts of the first row, or the first text of the others.
  private func row(_ texts: [String], head scope: String, in html: inout XMLWriter) {
    html.element("tr") { row in
      for (index, text) in texts.enumerated() {
        if scope == "col" || index == 0 {
          row.element("th", ["scope": scope], text: text.printable)
        } else {
          row.element("td", text: text.printable)
        }
      }
    }
  }
}
