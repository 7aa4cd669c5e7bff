// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A call tree for a terminal: a line for each function in each place, callers above, what they call
/// below and indented.
///
/// Lines have the time with all that is called, its share, and the time in the function itself.
/// What is apportioned among several callers is marked `~` and dim.
///
/// ```swift
/// let tree = try CallTree(profile, options: .init(minimumShare: 0.01))
/// print(FlameText(tree).text)
/// ```
public struct FlameText: Sendable {
  /// How the tree is written.
  public struct Options: Hashable, Sendable {
    /// What the terminal shows; a width of less than 60 is taken as 60.
    public var style: TerminalStyle
    /// The words around it, and what is known of the captures; its width is not used.
    public var labels: FlameGraph.Options

    /// Creates options.
    public init(
      style: TerminalStyle = TerminalStyle(width: 100),
      labels: FlameGraph.Options = FlameGraph.Options()
    ) {
      self.style = style
      self.labels = labels
    }
  }

  /// What is written.
  public var tree: CallTree
  /// How it is written.
  public var options: Options

  /// Creates a text.
  public init(_ tree: CallTree, options: Options = Options()) {
    self.tree = tree
    self.options = options
  }

  /// Deeper calls are indented no further, so that their names have room.
  private static let deepest = 24

  private var width: Int { max(60, style.width) }
  private var style: TerminalStyle { options.style }

  /// The tree: lines that end in a line feed.
  public var text: String {
    let caption = FlameCaption(tree, options.labels)
    let head =
      [style.colors.paint(style.plain(caption.headline), .bold)]
      + (caption.details.isEmpty ? [] : [dim(caption.details)])
    let notes = isAllExact ? [] : dim(wrapped: "~ \(caption.apportioned)")
    let lines = head + [""] + rows + (notes.isEmpty ? [] : [""] + notes)
    return lines.map { $0 + "\n" }.joined()
  }

  private var isAllExact: Bool {
    tree.nodes.dropFirst().allSatisfy { $0.isCumulativeTimeExact && $0.isSelfTimeExact }
  }

  // MARK: - Rows

  /// A node, or what is hidden below one, and where it is in the tree.
  private struct Line {
    var node: CallTree.Node
    var isHidden = false
    /// For each level above, whether more follows on it.
    var continues: [Bool]
  }

  private var rows: [String] {
    guard tree.totalTime.count > 0 else { return ["No time was recorded in this profile."] }
    let names = FlameNames(tree)
    let lines = lines
    let figures = lines.map(figures)
    let heads = ["time", "share", "self"]
    let widths = heads.indices.map { column in
      max(heads[column].count, figures.map { $0[column].columns }.max() ?? 0)
    }
    func row(_ cells: [String], _ name: String) -> String {
      let texts = zip(cells, widths).map { style.plain($0).paddedLeft(to: $1) }
      return texts.joined(separator: "  ") + "  " + name
    }
    let room = width - widths.reduce(0, +) - 2 * heads.count
    return [dim(row(heads, "function"))]
      + zip(lines, figures).map { line, cells in
        let label = FlameLabel(line.node, total: tree.totalTime.count, names)
        let mark = isExact(line) ? "" : "~ "
        let name = line.isHidden ? label.hiddenName : mark + label.name
        let guides = guides(of: line)
        let text = style.plain(name).shortenedInMiddle(to: max(10, room - guides.columns))
        let painted = isExact(line) ? text : style.colors.paint(text, .dim)
        return row(cells, guides + painted)
      }
  }

  private func isExact(_ line: Line) -> Bool {
    !line.isHidden && (line.node.function == nil || line.node.isCumulativeTimeExact)
  }

  /// The nodes in the order of a reader: each before what it calls.
  private var lines: [Line] {
    var lines: [Line] = []
    // A stack in place of calls: a tree may be 250 levels deep.
    var waiting = [Line(node: tree.nodes[0], continues: [])]
    while let line = waiting.popLast() {
      lines.append(line)
      guard !line.isHidden else { continue }
      var below = line.node.children.map { Line(node: tree.nodes[$0], continues: line.continues) }
      if line.node.hiddenFunctions > 0, !below.isEmpty {
        below.append(Line(node: line.node, isHidden: true, continues: line.continues))
      }
      for index in below.indices { below[index].continues.append(index < below.count - 1) }
      waiting += below.reversed()
    }
    return lines
  }

  private func figures(_ line: Line) -> [String] {
    func time(_ time: Nanoseconds) -> String {
      "\(Quantity(Double(time.count), unit: .nanoseconds))"
    }
    let cumulative = line.isHidden ? line.node.hiddenTime : line.node.cumulativeTime
    let share = percentage(Double(cumulative.count) / Double(tree.totalTime.count))
    return [time(cumulative), share, line.isHidden ? "" : time(line.node.selfTime)]
  }

  private func guides(of line: Line) -> String {
    guard let isLast = line.continues.last.map({ !$0 }) else { return "" }
    let signs = style.isUnicode ? ("│ ", "├╴", "└╴") : ("| ", "|-", "`-")
    let above = line.continues.dropLast().suffix(Self.deepest)
    return above.map { $0 ? signs.0 : "  " }.joined() + (isLast ? signs.2 : signs.1)
  }

  // MARK: - Words

  private func dim(_ text: String) -> String { style.colors.paint(style.plain(text), .dim) }

  private func dim(wrapped text: String) -> [String] {
    style.plain(text).wrapped(to: width).map { style.colors.paint($0, .dim) }
  }
}
