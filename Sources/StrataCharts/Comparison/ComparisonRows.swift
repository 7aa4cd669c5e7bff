// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The rows of a comparison in a terminal: one line for each function, or two where it is narrow.
struct ComparisonRows {
  let model: ComparisonModel
  let width: Int
  let style: TerminalStyle
  let showsCumulativeTime: Bool

  /// Whether all figures have room beside the bar; otherwise they are below it.
  private var isWide: Bool { width >= 140 }

  /// The head and the lines of all rows.
  var lines: [String] {
    let bar = DivergingBar(model, cells: width >= 160 ? 20 : isWide ? 14 : 12, style: style)
    let changes = [""] + model.rows.map { style.plain(ComparisonFigures($0).change) }
    let changeWidth = max(6, changes.map(\.columns).max() ?? 0)
    let room = width - changeWidth - bar.width - 4
    let columns = self.columns
    let texts = right(columns, room)
    let head = style.colors.paint(
      "change".paddedLeft(to: changeWidth) + spaces(bar.width + 4) + texts[0],
      .dim
    )
    return [head]
      + zip(model.rows, texts.dropFirst()).flatMap { row, text in
        let change = style.plain(ComparisonFigures(row).change).paddedLeft(to: changeWidth)
        let ink = TerminalInk(foreground: ComparisonModel.Cause.ink(of: row.change))
        let line = "\(style.colors.paint(change, ink))  \(bar.text(of: row))  \(text)"
        return [line] + below(row)
      }
  }

  // MARK: - Columns

  /// A column of figures: its head, and its text for each row.
  private typealias Column = (head: String, texts: [String])

  private var columns: [Column] {
    let figures = model.rows.map(ComparisonFigures.init)
    let causes: [Column] = [
      ("more calls", figures.map(\.moreCalls)), ("slower calls", figures.map(\.slowerCalls)),
    ]
    guard isWide else { return causes }
    let cumulative: [Column] =
      showsCumulativeTime ? [("cumulative", aligned(figures.map(\.cumulativeTime)))] : []
    let perCall: Column = ("self time per call", aligned(figures.map(\.perCall)))
    return [("self time", aligned(figures.map(\.selfTime)))] + cumulative
      + [("calls", aligned(figures.map(\.calls))), perCall] + causes
  }

  /// Values before and after with their arrows below each other.
  private func aligned(_ pairs: [ComparisonFigures.Pair]) -> [String] {
    let before = pairs.map(\.before.columns).max() ?? 0
    let after = pairs.map(\.after.columns).max() ?? 0
    return pairs.map { $0.padded(before: before, after: after) }
  }

  /// What is to the right of the bars: the head, then figures, mark and name of each row.
  private func right(_ columns: [Column], _ room: Int) -> [String] {
    let hasMarks = model.rows.contains { !$0.mark.isEmpty }
    let marks = hasMarks ? [TextTable.Alignment.left] : []
    var table = TextTable(columns.map { _ in .right } + marks + [.left])
    let taken = columns.map { column in
      ([column.head] + column.texts.map(style.plain)).map(\.columns).max() ?? 0
    }.reduce(0) { $0 + $1 + 2 }
    let nameWidth = max(12, room - taken - (hasMarks ? 3 : 0))
    table.add(columns.map(\.head) + (hasMarks ? [""] : []) + ["function"])
    let names = model.rows.map(\.name).shortened(to: nameWidth, style.plain)
    for (index, row) in model.rows.enumerated() {
      table.add(
        columns.map { style.plain($0.texts[index]) } + (hasMarks ? [row.mark] : [])
          + [names[index]]
      )
    }
    return table.lines()
  }

  // MARK: - Second line

  /// The figures of a row that have no room beside its bar.
  private func below(_ row: ComparisonModel.Row) -> [String] {
    guard !isWide else { return [] }
    let figures = ComparisonFigures(row)
    let parts =
      ["self \(figures.selfTime.text)"]
      + (showsCumulativeTime && row.presence != nil
        ? ["cumulative \(figures.cumulativeTime.text)"] : [])
      + ["calls \(figures.calls.text)", "per call \(figures.perCall.text)"]
    let text = style.plain(parts.joined(separator: " · "))
    return text.wrapped(to: width - 4).map { spaces(4) + style.colors.paint($0, .dim) }
  }

  private func spaces(_ count: Int) -> String {
    String(repeating: " ", count: count)
  }
}
