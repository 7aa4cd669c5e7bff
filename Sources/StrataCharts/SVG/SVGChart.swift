// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A picture of slices for browsers and documents: stacked bars over time, or lines where nothing
/// adds up.
///
/// The text is complete: no fonts, scripts or other files are fetched. It follows the light or
/// dark preference of its reader.
///
/// ```swift
/// let svg = SVGChart(series, options: .init(subtitle: "endpoint=search")).text
/// ```
public struct SVGChart: Hashable, Sendable {
  /// How the picture is drawn.
  public struct Options: Hashable, Sendable {
    /// The width in pixels; less than 320 is taken as 320.
    public var width: Int
    /// The height of the plot in pixels; title, axes and legend come on top.
    public var plotHeight: Int
    /// The first line; nil lets the picture say what it shows.
    public var title: String?
    /// Which captures are shown: the filter, the range.
    public var subtitle: String?

    /// Creates options.
    public init(
      width: Int = 960,
      plotHeight: Int = 320,
      title: String? = nil,
      subtitle: String? = nil
    ) {
      self.width = width
      self.plotHeight = plotHeight
      self.title = title
      self.subtitle = subtitle
    }
  }

  /// What is drawn.
  public var series: SlicedSeries
  /// How it is drawn.
  public var options: Options

  /// Creates a picture.
  public init(_ series: SlicedSeries, options: Options = Options()) {
    self.series = series
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
    let model = ChartModel(series, mostColumns: SVGLayout.mostColumns(width: width))
    let caption = ChartCaption(series, model, title: options.title, subtitle: options.subtitle)
    guard !model.isEmpty else {
      // It says so, rather than showing an empty frame.
      return document(caption).write(sentence: model.emptyMessage, to: &svg)
    }
    chart(model, caption, in: &svg)
  }

  // MARK: - Parts

  private var width: Double { Double(min(20_000, max(320, options.width))) }

  private var plotHeight: Double { Double(min(20_000, max(80, options.plotHeight))) }

  private func chart(_ model: ChartModel, _ caption: ChartCaption, in svg: inout XMLWriter) {
    let document = document(caption)
    let layout = SVGLayout(
      model,
      width: width,
      plotHeight: plotHeight,
      headRows: document.head.count
    )
    let labels = SVGValueLabels(model: model)
    let axes = SVGAxes(model: model, layout: layout, labels: labels)
    let legend = SVGLegend(model: model, caption: caption, layout: layout)
    let rules = SVGStyle.rules(layers: model.layers.count)
    document.write(height: legend.bottom, rules: rules, to: &svg) { svg in
      axes.writeGrid(to: &svg)
      switch model.form {
      case .stack: SVGBars(model: model, layout: layout, labels: labels).write(to: &svg)
      case .lines: SVGLines(model: model, layout: layout, labels: labels).write(to: &svg)
      }
      axes.writeTimes(to: &svg)
      legend.write(to: &svg)
    }
  }

  private func document(_ caption: ChartCaption) -> SVGDocument {
    SVGDocument(
      width: width,
      headline: caption.headline,
      texts: [caption.details] + [caption.merging].compactMap(\.self)
    )
  }
}
