// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// Which inputs cost what, in a terminal: a row and a bar for each label value, and below it the
/// functions that make the difference.
public struct InputTable: Sendable {
  /// How the table is written.
  public struct Options: Hashable, Sendable {
    /// What the terminal shows; a width of less than 80 is taken as 80.
    public var style: TerminalStyle
    /// The most functions below each input.
    public var functions: Int
    /// Which captures were compared: the filter, the range.
    public var subtitle: String?

    /// Creates options.
    public init(
      style: TerminalStyle = TerminalStyle(width: 100),
      functions: Int = 3,
      subtitle: String? = nil
    ) {
      self.style = style
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
    let warnings = comparison.warnings.flatMap {
      style.plain($0.message.printable).wrapped(to: width)
    }
    let lines = head + [""] + body + (warnings.isEmpty ? [] : [""] + warnings.map(dim))
    return lines.map { $0 + "\n" }.joined()
  }

  // MARK: - Head

  private var width: Int { max(80, style.width) }

  private var style: TerminalStyle { options.style }

  private func dim(_ text: String) -> String {
    style.colors.paint(text, .dim)
  }

  private var head: [String] {
    let keys = comparison.keys.map(\.printable).joined(separator: ", ")
    let by = keys.isEmpty ? "" : ", by \(keys)"
    let captures = comparison.captures
    var details = [captures == 1 ? "1 capture" : "\(captures.grouped) captures"]
    if let subtitle = options.subtitle, !subtitle.isEmpty { details.insert(subtitle, at: 0) }
    details.append("\(time(Double(comparison.selfTime.count))) of self time")
    if let kind = comparison.kind { details.append(kind.rawValue) }
    if let clock = comparison.clock { details.append("\(clock.rawValue) clock") }
    let line = style.plain(details.joined(separator: " · ").printable)
    return [style.colors.paint("Self time per capture\(by)", .bold)]
      + line.wrapped(to: width).map(dim)
  }

  private func time(_ nanoseconds: Double) -> String {
    Quantity(nanoseconds, unit: .nanoseconds).description
  }

  // MARK: - Rows

  private var body: [String] {
    guard !comparison.inputs.isEmpty else {
      return [comparison.captures == 0 ? "No captures to compare." : "No labels to compare."]
    }
    let lines = InputColumns(comparison: comparison, width: width, style: style).lines
    let names = functionNames
    let rows = zip(comparison.inputs, lines.dropFirst()).flatMap { input, line in
      [line] + differences(of: input, names)
    }
    return lines.prefix(1).map(dim) + rows + [""] + Self.words.wrapped(to: width).map(dim)
  }

  private static let words =
    "mean: self time per capture with this input; rest: the mean of all other captures; "
    + "excess: what these captures cost beyond the same number of the rest"

  /// What makes an input cost more or less than the rest, function by function.
  private func differences(
    of input: InputComparison.Input,
    _ names: [Function: String]
  ) -> [String] {
    func name(_ one: InputComparison.FunctionDifference) -> String { names[one.function] ?? "" }
    let functions = input.functions.prefix(max(0, options.functions))
    guard hasRoomForCauses else {
      return functions.flatMap { one in
        [line(indent: 4, [change(one), name(one)]), line(indent: 24, [dim(causes(one))])]
      }
    }
    var table = TextTable([.right, .left, .left], inks: [.plain, .plain, .dim])
    for one in functions { table.add([change(one), name(one), causes(one)]) }
    return table.lines(colors: style.colors).map { line(indent: 4, [$0]) }
  }

  private func line(indent: Int, _ texts: [String]) -> String {
    String(repeating: " ", count: indent) + texts.joined(separator: "  ")
  }

  private func change(_ difference: InputComparison.FunctionDifference) -> String {
    "\(perCapture(difference.split.change, difference))/capture".paddedLeft(to: Self.changeWidth)
  }

  /// The functions of all inputs, each with a name that no other one has.
  private var functionNames: [Function: String] {
    let causes = hasRoomForCauses ? Self.causesWidth + 2 : 0
    let room = width - 4 - Self.changeWidth - 2 - causes
    let most = max(0, options.functions)
    let functions = Set(comparison.inputs.flatMap { $0.functions.prefix(most).map(\.function) })
      .sorted()
    let names = functions.map { SeriesName($0) }.shortened(to: room, style.plain)
    return Dictionary(uniqueKeysWithValues: zip(functions, names))
  }

  private func causes(_ difference: InputComparison.FunctionDifference) -> String {
    let slower = perCapture(difference.split.slowerCalls, difference)
    let more = perCapture(difference.split.moreCalls, difference)
    return "slower calls \(slower), more calls \(more)"
  }

  private func perCapture(
    _ time: Nanoseconds.Sum,
    _ difference: InputComparison.FunctionDifference
  ) -> String {
    let captures = max(1, Double(difference.side.captures))
    let mean = Quantity(Double(time.count) / captures, unit: .nanoseconds)
    return style.plain(mean.signedDescription)
  }

  /// Whether function and causes share a line; otherwise the causes are below.
  private var hasRoomForCauses: Bool { width >= 110 }

  /// `+1.23 ms/capture`, with room for a letter more.
  private static let changeWidth = 18
  /// `slower calls +2.78 ms, more calls +187 µs`, with room for two letters more.
  private static let causesWidth = 46
}
