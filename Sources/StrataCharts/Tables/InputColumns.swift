// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The rows of an input table: as many columns as the width has room for.
struct InputColumns {
  /// One column: its head, how it lines up, and its text for an input.
  private struct Column {
    let head: String
    var alignment = TextTable.Alignment.right
    var ink = TerminalInk.plain
    let text: (InputComparison.Input) -> String
  }

  let comparison: InputComparison
  let width: Int
  let style: TerminalStyle

  /// The head and a line for each input.
  var lines: [String] {
    let columns = columns
    let names = names
    var table = TextTable(columns.map(\.alignment), inks: columns.map(\.ink))
    table.add(columns.map(\.head))
    for (index, input) in comparison.inputs.enumerated() {
      table.add([names[index]] + columns.dropFirst().map { style.plain($0.text(input)) })
    }
    return table.lines(colors: style.colors)
  }

  private var columns: [Column] {
    let captures = Column(head: "captures") { $0.distribution.captures.grouped }
    let share = Column(head: "share") { percentage(self.share(of: $0)) }
    let name = Column(head: "input", alignment: .left, ink: .bold) { _ in "" }
    return [name, captures, bar, share] + figures
  }

  // MARK: - Columns

  /// The names of the inputs, no two alike.
  private var names: [String] {
    comparison.inputs.map { input in
      let value = SeriesKey.label(key: input.key, value: input.value).description
      return SeriesName(words: input.value == nil ? value : "\(input.key)=\(value)")
    }
    .shortened(to: max(12, min(36, width / 4)), style.plain)
  }

  private var bar: Column {
    let size = width >= 110 ? 20 : 8
    let ink = TerminalInk(foreground: Palette.accent)
    return Column(head: "", alignment: .left, ink: ink) {
      bar(of: self.share(of: $0) ?? 0, size: size)
    }
  }

  private var figures: [Column] {
    let mean = Column(head: "mean") { time($0.distribution.mean?.finite) }
    let percentiles = [
      Column(head: "p50") { time($0.distribution.p50.map { Double($0.count) }) },
      Column(head: "p95") { time($0.distribution.p95.map { Double($0.count) }) },
    ]
    let rest = [
      Column(head: "rest") { time($0.rest.mean?.finite) },
      Column(head: "factor", text: factor),
      Column(head: "excess") { input in
        Quantity(input.excess, unit: .nanoseconds)?.signedDescription ?? "–"
      },
    ]
    return [mean] + (width >= 96 ? percentiles : []) + rest
  }

  // MARK: - Figures

  private func time(_ nanoseconds: Double?) -> String {
    nanoseconds.map { Quantity($0, unit: .nanoseconds).description } ?? "–"
  }

  private func share(of input: InputComparison.Input) -> Double? {
    guard comparison.selfTime > 0 else { return nil }
    return Double(input.distribution.sum.count) / Double(comparison.selfTime.count)
  }

  /// How many times the mean of the rest a capture of this input takes.
  private func factor(_ input: InputComparison.Input) -> String {
    guard let mean = input.distribution.mean?.finite, let rest = input.rest.mean?.finite,
      rest > 0, mean >= 0
    else { return "–" }
    let factor = mean / rest
    return "\(style.isUnicode ? "×" : "x")\(factor.text(decimals: factor < 99.95 ? 2 : 0))"
  }

  /// A bar in eighths of a cell.
  private func bar(of share: Double, size: Int) -> String {
    let share = max(0, min(1, share))
    guard style.isUnicode else {
      return String(repeating: "#", count: Int((share * Double(size)).rounded()))
    }
    let eighths = Int((share * Double(size) * 8).rounded())
    let part = eighths % 8 == 0 ? "" : Self.parts[eighths % 8 - 1]
    return String(repeating: "█", count: eighths / 8) + part
  }

  /// U+258F to U+2589: one eighth to seven eighths of a cell, from the left.
  private static let parts = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
}
