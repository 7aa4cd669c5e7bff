// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// Which inputs cost what, in a terminal: a row and a bar for each label value, and below it the
/// functions that make the difference.
public struct InputTable: Sendable {
  /// How the table is written.
  public struct Options: Hashable, Sendable {
    /// The columns of the terminal; names are shortened to fit, numbers never.
    public var width: Int
    /// The colours that the terminal shows.
    public var colors: TerminalColors
    /// Whether block characters may be used.
    public var isUnicode: Bool
    /// The most functions below each input.
    public var functions: Int
    /// Which captures were compared: the filter, the range.
    public var subtitle: String?

    /// Creates options.
    public init(
      width: Int = 100,
      colors: TerminalColors = .none,
      isUnicode: Bool = true,
      functions: Int = 3,
      subtitle: String? = nil
    ) {
      self.width = width
      self.colors = colors
      self.isUnicode = isUnicode
      self.functions = functions
      self.subtitle = subtitle
    }
  }

  /// What is written.
  public var comparison: InputComparison
  /// How it is written.
  public var options: Options

  /// Creates a table.
  public init(_ comparison: InputComparison, options: Options = Options()) {
    self.comparison = comparison
    self.options = options
  }

  /// The table: lines that end in a line feed.
  public var text: String {
    let warnings = comparison.warnings.flatMap { style.plain($0.printable).wrapped(to: width) }
    let lines = head + [""] + body + (warnings.isEmpty ? [] : [""] + warnings.map(dim))
    return lines.map { $0 + "\n" }.joined()
  }

  // MARK: - Head

  private var width: Int { max(60, options.width) }

  private var style: TerminalStyle {
    TerminalStyle(colors: options.colors, isUnicode: options.isUnicode)
  }

  private func dim(_ text: String) -> String {
    options.colors.paint(text, .dim)
  }

  private var head: [String] {
    let keys = comparison.keys.map(\.printable).joined(separator: ", ")
    var details = ["\(comparison.captures.grouped) captures"]
    if let subtitle = options.subtitle, !subtitle.isEmpty { details.insert(subtitle, at: 0) }
    details.append("\(time(Double(comparison.selfTime))) of self time")
    if let kind = comparison.kind { details.append(kind.rawValue) }
    if let clock = comparison.clock { details.append("\(clock.rawValue) clock") }
    let line = style.plain(details.joined(separator: " · ").printable)
    return [options.colors.paint("Self time per capture, by \(keys)", .bold)]
      + line.wrapped(to: width).map(dim)
  }

  private func time(_ nanoseconds: Double) -> String {
    Quantity(nanoseconds, unit: .nanoseconds).description
  }

  // MARK: - Rows

  private var body: [String] {
    guard !comparison.inputs.isEmpty else { return ["No captures to compare."] }
    let lines = InputColumns(comparison: comparison, width: width, style: style).lines
    let rows = zip(comparison.inputs, lines.dropFirst()).flatMap { input, line in
      [line] + differences(of: input)
    }
    return lines.prefix(1).map(dim) + rows
  }

  /// What makes an input cost more or less than the rest, function by function.
  private func differences(of input: InputComparison.Input) -> [String] {
    var table = TextTable([.right, .left, .left], inks: [.plain, .plain, .dim])
    for one in input.functions.prefix(max(0, options.functions)) { table.add(row(one)) }
    return table.lines(colors: options.colors).map { "    " + $0 }
  }

  /// `+2.91 ms/capture`, the function, `slower calls +0.4 ms, more calls +2.5 ms`.
  private func row(_ difference: InputComparison.FunctionDifference) -> [String] {
    let split = difference.split
    func perCapture(_ value: Int128) -> String {
      let captures = max(1, Double(difference.side.captures))
      let mean = Quantity(Double(value) / captures, unit: .nanoseconds)
      return style.plain(mean.signedDescription)
    }
    let causes =
      "slower calls \(perCapture(split.slowerCalls)), more calls \(perCapture(split.moreCalls))"
    let change = "\(perCapture(split.change))/capture"
    let name = SeriesName(difference.function).shortened(to: nameColumns)
    return [change, style.plain(name), causes]
  }

  /// What the widest change (`+1.23 ms/capture`) and causes leave of a line.
  private var nameColumns: Int {
    max(16, width - 4 - 16 - 2 - 2 - 46)
  }
}
