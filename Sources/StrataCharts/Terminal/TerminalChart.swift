// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A picture of slices in a terminal: stacked bars over time, or levels where nothing adds up.
///
/// ```swift
/// print(TerminalChart(series, options: .init(style: .init(width: 120))).text)
/// ```
public struct TerminalChart: Sendable {
  /// How the chart is drawn.
  public struct Options: Hashable, Sendable {
    /// What the terminal shows; a width of less than 40 is taken as 40.
    public var style: TerminalStyle
    /// The most rows of the bars; axes, legend and notes come on top.
    public var height: Int
    /// The first line; nil lets the chart say what it shows.
    public var title: String?
    /// Which captures are shown: the filter, the range.
    public var subtitle: String?

    /// Creates options.
    public init(
      style: TerminalStyle = TerminalStyle(),
      height: Int = 16,
      title: String? = nil,
      subtitle: String? = nil
    ) {
      self.style = style
      self.height = height
      self.title = title
      self.subtitle = subtitle
    }
  }

  /// What is drawn.
  public var series: SlicedSeries
  /// How it is drawn.
  public var options: Options

  /// Creates a chart.
  public init(_ series: SlicedSeries, options: Options = Options()) {
    self.series = series
    self.options = options
  }

  /// The chart: lines that end in a line feed.
  public var text: String {
    let model = ChartModel(series, mostColumns: TerminalLayout.mostColumns(width: width))
    let caption = ChartCaption(series, model, title: options.title, subtitle: options.subtitle)
    let picture = model.isEmpty ? ["", model.emptyMessage] : lines(model, caption)
    return (head(caption) + picture + notes(model, caption)).map { $0 + "\n" }.joined()
  }

  // MARK: - Parts

  private var width: Int { max(40, style.width) }

  private var style: TerminalStyle { options.style }

  private func head(_ caption: ChartCaption) -> [String] {
    let details = [caption.details] + [caption.merging].compactMap(\.self)
    return lines(of: [caption.headline], .bold) + lines(of: details, .dim)
  }

  private func lines(of texts: [String], _ ink: TerminalInk) -> [String] {
    texts.flatMap { style.plain($0).wrapped(to: width) }.map { style.colors.paint($0, ink) }
  }

  private func lines(_ model: ChartModel, _ caption: ChartCaption) -> [String] {
    let layout = TerminalLayout(model, width: width, height: max(3, options.height))
    var canvas = TerminalCanvas(width: layout.plotWidth, height: layout.rows)
    switch model.form {
    case .stack: StackPainter(model: model, layout: layout, style: style).paint(on: &canvas)
    case .lines: LinePainter(model: model, layout: layout, style: style).paint(on: &canvas)
    }
    let axes = TerminalAxes(model: model, layout: layout, style: style)
    let legend = TerminalLegend(
      model: model,
      style: style,
      totalName: caption.totalName,
      width: width
    )
    return [""] + axes.lines(around: canvas) + [""] + legend.lines
  }

  private func notes(_ model: ChartModel, _ caption: ChartCaption) -> [String] {
    let signs = signs(model)
    let notes = (signs.isEmpty ? [] : [signs]) + caption.notes
    return notes.isEmpty ? [] : [""] + lines(of: notes, .dim)
  }

  /// What the marks on the axis of time mean, where there are any.
  private func signs(_ model: ChartModel) -> String {
    guard !model.isEmpty else { return "" }
    var signs: [String] = []
    if model.columns.contains(where: \.isPartial) {
      signs.append(
        "\(style.partial) partial: the range or the data begins or ends inside the slice"
      )
    }
    if model.columns.contains(where: \.isGap) { signs.append("\(style.gap) no captures") }
    return signs.joined(separator: "; ")
  }
}
