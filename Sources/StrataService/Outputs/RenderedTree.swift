// SPDX-License-Identifier: Apache-2.0

public import StrataCharts
public import StrataCore
public import StrataExport

/// A call tree in each of its forms: a flame graph, a tree of lines, nodes as data.
public struct RenderedTree: RenderedResult {
  /// The forms that it has, the default first.
  public static let formats: [OutputFormat] = [.svg, .text, .table, .html] + OutputFormat.data

  /// The tree.
  public var tree: CallTree
  /// How many captures were added up.
  public var captures: Int
  /// How pictures are drawn, with the kind and clock of the captures.
  public var options: FlameGraph.Options

  /// Creates the forms of a tree.
  public init(_ tree: CallTree, captures: Int, options: FlameGraph.Options) {
    self.tree = tree
    self.captures = captures
    self.options = options
  }

  /// The result as data.
  public var data: any DataResult {
    CallTreeData(tree, captures: captures, kind: options.kind, clock: options.clock)
  }

  /// Writes a form for people.
  ///
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func writePicture(
    _ format: OutputFormat,
    in style: TerminalStyle,
    to output: ([UInt8]) throws -> Void
  ) throws {
    switch format {
    case .table: try DataFormat.table.write(data, to: output)
    case .text: try output(Array(text(in: style).utf8))
    case .html: try page.write(to: output)
    case .svg, .prof, .data: try FlameGraph(tree, options: options).write(to: output)
    }
  }

  private func text(in style: TerminalStyle) -> String {
    FlameText(
      tree,
      options: .init(
        style: style,
        labels: options
      )
    ).text
  }

  /// The page has the title; the picture in it says what it shows.
  private var page: HTMLPage {
    var untitled = options
    untitled.title = nil
    let section = HTMLPage.Section(picture: .flame(FlameGraph(tree, options: untitled)))
    return HTMLPage(title: options.title ?? "Strata", sections: [section])
  }
}
