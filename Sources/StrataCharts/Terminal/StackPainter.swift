// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Paints stacked bars: eighths of a cell where the terminal has block characters and colours,
/// whole cells otherwise.
struct StackPainter {
  let model: ChartModel
  let layout: TerminalLayout
  let style: TerminalStyle

  /// U+2581 to U+2588: one eighth to eight eighths of a cell, from below.
  private static let blocks: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// The steps into which a cell is divided.
  private var stepsPerRow: Int { style.hasBlocks ? 8 : 1 }

  func paint(on canvas: inout TerminalCanvas) {
    for column in model.columns.indices {
      let borders = borders(of: column)
      for row in 0..<layout.rows {
        guard let cell = cell(row, borders) else { continue }
        canvas.fill(layout.bar(column), row: row, cell)
      }
    }
  }

  /// The lower edges of all layers and the upper edge of the last, in steps.
  ///
  /// Sums are rounded, not layers, so that the error does not grow with the height.
  private func borders(of column: Int) -> [Int] {
    let steps = Double(layout.rows * stepsPerRow)
    var sum = 0.0
    var borders = [0]
    for layer in model.layers {
      sum += layer.height(at: column)
      borders.append(Int((min(1, sum / layout.axis.maximum) * steps).rounded()))
    }
    // A bar that is too small to see would look like a gap.
    if sum > 0, borders.last == 0 { raiseLargest(of: column, &borders) }
    return borders
  }

  private func raiseLargest(of column: Int, _ borders: inout [Int]) {
    let heights = model.layers.map { $0.height(at: column) }
    let largest = heights.indices.max { heights[$0] < heights[$1] } ?? 0
    for index in (largest + 1)..<borders.count { borders[index] = 1 }
  }

  private func cell(_ row: Int, _ borders: [Int]) -> TerminalCanvas.Cell? {
    let (low, high) = (row * stepsPerRow, (row + 1) * stepsPerRow)
    let parts = model.layers.indices.compactMap { layer -> (layer: Int, size: Int)? in
      let size = min(borders[layer + 1], high) - max(borders[layer], low)
      return size > 0 ? (layer, size) : nil
    }
    let filled = parts.reduce(0) { $0 + $1.size }
    guard let largest = parts.max(by: { $0.size < $1.size }) else { return nil }
    guard style.hasBlocks else { return solid(largest.layer) }
    if filled < 8 { return block(filled, largest.layer, over: nil) }
    // A cell has two colours: the two largest parts have them.
    let others = parts.filter { $0.layer != largest.layer }
    guard let second = others.max(by: { $0.size < $1.size }) else {
      return block(8, largest.layer, over: nil)
    }
    let (lower, upper) = largest.layer < second.layer ? (largest, second) : (second, largest)
    let size = (lower.size * 8 + (lower.size + upper.size) / 2) / (lower.size + upper.size)
    return block(min(7, max(1, size)), lower.layer, over: upper.layer)
  }

  private func block(_ eighths: Int, _ layer: Int, over upper: Int?) -> TerminalCanvas.Cell {
    TerminalCanvas.Cell(
      character: Self.blocks[eighths - 1],
      ink: TerminalInk(
        foreground: model.layers[layer].color,
        background: upper.map { model.layers[$0].color }
      )
    )
  }

  private func solid(_ layer: Int) -> TerminalCanvas.Cell {
    style.mark(of: layer, model.layers[layer])
  }
}
