// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Rows of texts in columns that line up, for terminals and pipes.
struct TextTable {
  /// On which side the texts of a column line up.
  enum Alignment { case left, right }

  private let alignments: [Alignment]
  private let inks: [TerminalInk]
  private var rows: [[String]] = []

  /// Creates a table; a column without an ink is plain.
  init(_ alignments: [Alignment], inks: [TerminalInk] = []) {
    self.alignments = alignments
    self.inks = inks
  }

  /// Adds a row, as wide as the alignments.
  mutating func add(_ row: [String]) {
    rows.append(row)
  }

  /// The rows as lines, two spaces between columns, none at the end.
  func lines(colors: TerminalColors = .none) -> [String] {
    let widths = alignments.indices.map { column in rows.map { $0[column].columns }.max() ?? 0 }
    return rows.map { row in
      let last = row.lastIndex { !$0.isEmpty } ?? 0
      let texts = row.indices.prefix(last + 1).map { column in
        let text = padded(row[column], column, to: widths[column], isLast: column == last)
        return column < inks.count ? colors.paint(text, inks[column]) : text
      }
      return texts.joined(separator: "  ")
    }
  }

  private func padded(_ text: String, _ column: Int, to width: Int, isLast: Bool) -> String {
    switch alignments[column] {
    case .left: isLast ? text : text.padded(to: width)
    case .right: text.paddedLeft(to: width)
    }
  }
}
