// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A picture of slices for browsers and documents: stacked bars over time, or lines where nothing
/// adds up.
///
/// The text stands alone: no fonts, scripts or other files are fetched. It follows the light or
/// dark preference of its reader.
///
/// ```swift
/// let svg = SVGChart(series, options: .init(subtitle: "endpoint=search")).text
/// ```
public struct SVGChart: Sendable {
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

  /// The picture as an SVG document.
  public var text: String {
    let model = ChartModel(series, mostColumns: SVGLayout.mostColumns(width: width))
    let caption = ChartCaption(series, model, title: options.title, subtitle: options.subtitle)
    return model.isEmpty ? friendly(model, caption) : chart(model, caption)
  }

  // MARK: - Parts

  private var width: Double { Double(min(20_000, max(320, options.width))) }

  private var plotHeight: Double { Double(min(20_000, max(80, options.plotHeight))) }

  private func chart(_ model: ChartModel, _ caption: ChartCaption) -> String {
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
    return document.text(height: legend.bottom, rules: rules) { svg in
      axes.writeGrid(to: &svg)
      switch model.form {
      case .stack: SVGBars(model: model, layout: layout, labels: labels).write(to: &svg)
      case .lines: SVGLines(model: model, layout: layout, labels: labels).write(to: &svg)
      }
      axes.writeTimes(to: &svg)
      legend.write(to: &svg)
    }
  }

  /// The picture of nothing: it says so, rather than showing an empty frame.
  private func friendly(_ model: ChartModel, _ caption: ChartCaption) -> String {
    document(caption).friendlyText(model.emptyMessage)
  }

  private func document(_ caption: ChartCaption) -> SVGDocument {
    SVGDocument(
      width: width,
      headline: caption.headline,
      texts: [caption.details] + [caption.merging].compactMap(\.self)
    )
  }
}
