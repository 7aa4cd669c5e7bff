// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The lines below a chart that say which colour is what, and how much it is.
struct TerminalLegend {
  let model: ChartModel
  let style: TerminalStyle
  let totalName: String
  let width: Int
  private let totalWidth: Int

  init(model: ChartModel, style: TerminalStyle, totalName: String, width: Int) {
    self.model = model
    self.style = style
    self.totalName = totalName
    self.width = width
    totalWidth = max(totalName.columns, model.totalTexts.map(\.columns).max() ?? 0)
  }

  /// A head, a line for each series, and the total where the series add up to one.
  var lines: [String] {
    let names = model.layers.map(\.name).shortened(to: nameWidth, style.plain)
    let rows = model.layers.enumerated().map { index, layer in
      line(
        style.swatch(of: index, layer),
        model.text(layer.total),
        percentage(layer.share),
        names[index]
      )
    }
    guard let total = model.total else { return [head] + rows }
    let sum = line("", model.text(total), percentage(1), "everything")
    return [head] + rows + [sum]
  }

  private var head: String {
    let text = line("", totalName, model.total == nil ? "" : "share", "")
    return style.colors.paint(text, .dim)
  }

  private func line(_ swatch: String, _ total: String, _ share: String, _ name: String) -> String {
    var line = swatch.isEmpty ? String(repeating: " ", count: swatchWidth) : swatch
    line += "  " + style.plain(total).paddedLeft(to: totalWidth)
    if model.total != nil { line += "  " + style.plain(share).paddedLeft(to: Self.shareWidth) }
    if !name.isEmpty { line += "  " + name }
    return line
  }

  private static let shareWidth = 7

  private var swatchWidth: Int { style.colors == .none ? 1 : 2 }

  private var nameWidth: Int {
    let share = model.total == nil ? 0 : Self.shareWidth + 2
    return max(8, width - swatchWidth - 2 - totalWidth - share - 2)
  }
}
