// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Paints a level for each series and column: four levels in a cell where there is Unicode.
struct LinePainter {
  let model: ChartModel
  let layout: TerminalLayout
  let style: TerminalStyle

  /// Braille patterns: the dots of the two columns of a cell, from the lowest row up.
  private static let dots: [UInt32] = [0xC0, 0x24, 0x12, 0x09]

  private var levelsPerRow: Int { style.hasBlocks ? Self.dots.count : 1 }

  func paint(on canvas: inout TerminalCanvas) {
    // The largest series comes last, so that it is on top.
    for index in model.layers.indices.reversed() {
      for (column, value) in model.layers[index].values.enumerated() {
        guard let value, !model.columns[column].isGap else { continue }
        paint(index, level: level(of: value), column: column, on: &canvas)
      }
    }
  }

  private func level(of value: Double) -> Int {
    let levels = layout.rows * levelsPerRow
    let height = max(0, min(1, value / layout.axis.maximum)) * Double(levels)
    return min(levels - 1, Int(height))
  }

  private func paint(_ index: Int, level: Int, column: Int, on canvas: inout TerminalCanvas) {
    let row = level / levelsPerRow
    let layer = model.layers[index]
    var cell = style.mark(of: index, layer)
    for x in layout.bar(column) {
      if style.hasBlocks {
        let dots = braille(in: canvas[x, row]) | Self.dots[level % levelsPerRow]
        cell.character = Unicode.Scalar(0x2800 + dots) ?? "•"
        cell.ink = TerminalInk(foreground: layer.color)
      } else if style.colors != .none {
        cell = TerminalCanvas.Cell(character: "o", ink: TerminalInk(foreground: layer.color))
      }
      canvas[x, row] = cell
    }
  }

  /// The dots that another series has painted.
  private func braille(in cell: TerminalCanvas.Cell) -> UInt32 {
    (0x2800...0x28FF).contains(cell.character.value) ? cell.character.value - 0x2800 : 0
  }
}
