// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// What changed between two sides, in a terminal: the totals, then a row and a diverging bar for
/// each function.
///
/// ```swift
/// print(ComparisonTable(comparison.keeping(20), options: .init(style: .init(width: 160))).text)
/// ```
public struct ComparisonTable: Sendable {
  /// How the table is written.
  public struct Options: Hashable, Sendable {
    /// What the terminal shows; a width of less than 80 is taken as 80.
    public var style: TerminalStyle
    /// Whether cumulative times are shown even where there is little room.
    public var showsCumulativeTime: Bool
    /// The words around it.
    public var labels: ComparisonLabels

    /// Creates options.
    public init(
      style: TerminalStyle = TerminalStyle(width: 100),
      showsCumulativeTime: Bool = false,
      labels: ComparisonLabels = ComparisonLabels()
    ) {
      self.style = style
      self.showsCumulativeTime = showsCumulativeTime
      self.labels = labels
    }
  }

  /// What is written.
  public var comparison: ProfileComparison
  /// How it is written.
  public var options: Options

  /// Creates a table.
  public init(_ comparison: ProfileComparison, options: Options = Options()) {
    self.comparison = comparison
    self.options = options
  }

  /// The table: lines that end in a line feed.
  public var text: String {
    let caption = ComparisonCaption(comparison, options.labels)
    let model = ComparisonModel(comparison)
    let notes = caption.notes.flatMap { wrapped($0, .dim) }
    return (head(caption) + [""] + body(model) + (notes.isEmpty ? [] : [""] + notes))
      .map { $0 + "\n" }.joined()
  }

  // MARK: - Head

  private var width: Int { max(80, style.width) }

  private var style: TerminalStyle { options.style }

  private func wrapped(_ text: String, _ ink: TerminalInk) -> [String] {
    style.plain(text).wrapped(to: width).map { style.colors.paint($0, ink) }
  }

  private func head(_ caption: ComparisonCaption) -> [String] {
    let sides = caption.sides.flatMap { wrapped("\($0.name): \($0.text)", .dim) }
    return wrapped(caption.headline, .bold) + wrapped(caption.details, .dim) + sides
  }

  // MARK: - Totals

  private func body(_ model: ComparisonModel) -> [String] {
    guard !model.isEmpty else { return [style.plain("No functions to compare.")] }
    let rows = ComparisonRows(
      model: model,
      width: width,
      style: style,
      showsCumulativeTime: options.showsCumulativeTime || width >= 170
    )
    return totals + [""] + rows.lines + [""] + legend(model)
  }

  /// Self time and calls of everything: before → after, the change and the factor.
  private var totals: [String] {
    let total = comparison.total
    let figures = ComparisonFigures(total: total)
    var table = TextTable(
      [.left, .right, .left, .right, .right, .right],
      inks: [.plain, .plain, .dim, .bold, .bold, .plain]
    )
    table.add(row("self time", figures.selfTime, figures.change, figures.selfTimeFactor))
    let calls = total.callCount
    let change = ComparisonFigures.signed(calls.change?.finite, unit: .calls)
    table.add(row("calls", figures.calls, change, ComparisonFigures.factor(calls)))
    let causes = "self time by cause: more calls \(figures.moreCalls), "
    return table.lines(colors: style.colors)
      + wrapped(causes + "slower calls \(figures.slowerCalls)", .plain)
  }

  private func row(
    _ name: String,
    _ figure: ComparisonFigures.Pair,
    _ change: String,
    _ factor: String
  ) -> [String] {
    [name, figure.before, "→", figure.after, change, factor].map(style.plain)
  }

  // MARK: - Legend

  private func legend(_ model: ComparisonModel) -> [String] {
    let bar = DivergingBar(model, cells: 2, style: style)
    let samples = model.causes.map { (bar.sample(of: $0) + " ", $0.words) }
    let marks = model.marks.map { ("", $0) }
    var lines: [(text: String, columns: Int)] = []
    for (sample, words) in samples + marks {
      // The sample may be painted, so its columns are known, not counted.
      let columns = (sample.isEmpty ? 0 : 3) + words.columns
      if let last = lines.last, last.columns + 3 + columns <= width {
        lines[lines.count - 1] = (last.text + "   " + sample + words, last.columns + 3 + columns)
      } else {
        lines.append((sample + words, columns))
      }
    }
    return lines.map(\.text)
      + wrapped(Self.words, .dim)
  }

  private static let words =
    "more calls: change of calls × time per call before; "
    + "slower calls: calls after × change of time per call"
}
