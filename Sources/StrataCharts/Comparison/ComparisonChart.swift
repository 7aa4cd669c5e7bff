// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A picture of what changed between two sides, for browsers and documents: a diverging bar for each
/// function, slower to the right and faster to the left, in two parts.
///
/// The text is complete: no fonts, scripts or other files are fetched. It follows the light or
/// dark preference of its reader.
///
/// ```swift
/// let svg = ComparisonChart(comparison.keeping(20)).text
/// ```
public struct ComparisonChart: Hashable, Sendable {
  /// How the picture is drawn.
  public struct Options: Hashable, Sendable {
    /// The width in pixels; less than 480 is taken as 480.
    public var width: Int
    /// The words around it.
    public var labels: ComparisonLabels

    /// Creates options.
    public init(width: Int = 960, labels: ComparisonLabels = ComparisonLabels()) {
      self.width = width
      self.labels = labels
    }
  }

  /// What is drawn.
  public var comparison: ProfileComparison
  /// How it is drawn.
  public var options: Options

  /// Creates a picture.
  public init(_ comparison: ProfileComparison, options: Options = Options()) {
    self.comparison = comparison
    self.options = options
  }

  /// The picture as an SVG document, in memory as a whole: see ``write(to:)``.
  public var text: String { XMLWriter.text(write) }

  /// Hands the picture on as an SVG document, piece by piece.
  ///
  /// Names of more than 500 columns lose their middle, and no two are alike.
  ///
  /// - Parameter output: Takes the pieces in their order, each of some 64 KiB in UTF-8.
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func write<Failure>(
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try XMLWriter.write(to: output, write)
  }

  /// Writes the picture.
  func write(to svg: inout XMLWriter) {
    let model = ComparisonModel(comparison)
    let caption = ComparisonCaption(comparison, options.labels)
    let document = SVGDocument(
      width: Double(min(20_000, max(480, options.width))),
      headline: caption.headline,
      texts: [caption.details] + caption.sides.map { "\($0.name): \($0.text)" }
    )
    guard !model.isEmpty else {
      return document.write(sentence: "No functions to compare.", to: &svg)
    }
    let layout = ComparisonLayout(
      model,
      total: comparison.total,
      document: document,
      notes: notes(caption)
    )
    let rows = ComparisonBars(model: model, layout: layout)
    document.write(height: layout.height, rules: Self.rules, to: &svg) { svg in
      ComparisonHead(model: model, layout: layout).write(to: &svg)
      rows.writeGrid(to: &svg)
      rows.write(to: &svg)
      write(layout.notes, from: layout.notesTop, in: &svg)
    }
  }

  private func notes(_ caption: ComparisonCaption) -> [String] {
    [
      "More calls: change of calls × time per call before. Slower calls: calls after × change of "
        + "time per call. Together they are the whole change, to the nanosecond."
    ] + caption.notes
  }

  private func write(_ lines: [String], from top: Double, in svg: inout XMLWriter) {
    for (index, line) in lines.enumerated() {
      let y = top + Double(index) * SVGLayout.noteRow
      let place: KeyValuePairs = [
        "class": "strata-muted", "x": SVGLayout.margin.coordinate, "y": y.coordinate,
      ]
      svg.element("text", place, text: line)
    }
  }

  /// The pointer on a row shows which figures belong to it.
  private static let rules =
    SVGStyle.rules(layers: 0) + """
      .strata-total{font-size:13px;font-weight:600}
      .strata-hit{fill:#808890;fill-opacity:0}
      .strata-row:hover .strata-hit{fill-opacity:.14}

      """
}
