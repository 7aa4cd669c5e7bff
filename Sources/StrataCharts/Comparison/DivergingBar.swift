// SPDX-License-Identifier: Apache-2.0

/// Bars round a zero line in cells of a terminal: half cells where there are colours and block
/// characters, whole cells with a sign for each cause otherwise.
struct DivergingBar {
  /// The cells left of the zero line, and right of it.
  let left: Int
  let right: Int
  /// What a cell stands for, in nanoseconds, the same on both sides.
  private let scale: Double
  private let style: TerminalStyle

  /// Divides the cells between both sides as the bars need them.
  init(_ model: ComparisonModel, cells: Int, style: TerminalStyle) {
    self.style = style
    let span = model.maximum - model.minimum
    let share = span > 0 ? -model.minimum / span : 0
    let least = model.minimum < 0 ? 1 : 0
    let most = model.maximum > 0 ? cells - 1 : cells
    left = max(least, min(most, Int((Double(cells) * share).rounded())))
    right = cells - left
    scale = max(
      left > 0 ? -model.minimum / Double(left) : 0,
      right > 0 ? model.maximum / Double(right) : 0
    )
  }

  /// The columns of a bar, the zero line included.
  var width: Int { left + 1 + right }

  /// The bar of a row, as wide as all others.
  func text(of row: ComparisonModel.Row) -> String {
    let worse = halves(row.parts.filter { $0.cause.isWorse }, cells: right)
    let better = halves(row.parts.filter { !$0.cause.isWorse }, cells: left)
    let leftCells = (0..<left).reversed().map { cell(better[2 * $0 + 1], better[2 * $0]) }
    let rightCells = (0..<right).map { cell(worse[2 * $0], worse[2 * $0 + 1]) }
    let zero = TerminalCanvas.Cell(character: style.vertical, ink: .dim)
    return text(of: leftCells + [zero] + rightCells)
  }

  /// The cause of each half cell from the zero line outwards.
  ///
  /// Borders are rounded, not parts, so that the end of a bar is where its sum is.
  private func halves(
    _ parts: [ComparisonModel.Part],
    cells: Int
  ) -> [ComparisonModel.Cause?] {
    var halves: [ComparisonModel.Cause?] = []
    var sum = 0.0
    let step = style.hasBlocks ? 1 : 2
    for part in parts where scale > 0 {
      sum += part.nanoseconds.magnitude / scale
      let border = Int((min(sum, Double(cells)) * 2 / Double(step)).rounded()) * step
      while halves.count < border { halves.append(part.cause) }
    }
    return halves + repeatElement(nil, count: 2 * cells - halves.count)
  }

  private func cell(
    _ left: ComparisonModel.Cause?,
    _ right: ComparisonModel.Cause?
  ) -> TerminalCanvas.Cell {
    guard style.hasBlocks else { return (left ?? right).map(sign) ?? .blank }
    func cell(_ character: Unicode.Scalar, _ cause: ComparisonModel.Cause) -> TerminalCanvas.Cell {
      TerminalCanvas.Cell(character: character, ink: TerminalInk(foreground: cause.color))
    }
    switch (left, right) {
    case (nil, nil): return .blank
    case (let left?, nil): return cell("▌", left)
    case (nil, let right?): return cell("▐", right)
    case (let left?, let right?) where left == right: return cell("█", left)
    case (let left?, let right?):
      let ink = TerminalInk(foreground: left.color, background: right.color)
      return TerminalCanvas.Cell(character: "▌", ink: ink)
    }
  }

  /// A cell that belongs to one cause alone, marked with its sign.
  private func sign(of cause: ComparisonModel.Cause) -> TerminalCanvas.Cell {
    let isTime = cause == .slowerCalls || cause == .fasterCalls
    let character: Unicode.Scalar =
      style.isUnicode ? (isTime ? "█" : "▒") : (isTime ? "#" : "=")
    let ink = style.colors == .none ? TerminalInk.plain : TerminalInk(foreground: cause.color)
    return TerminalCanvas.Cell(character: character, ink: ink)
  }

  /// A sample of a cause for the legend.
  func sample(of cause: ComparisonModel.Cause) -> String {
    let cell = style.hasBlocks ? cell(cause, cause) : sign(of: cause)
    return text(of: [cell, cell])
  }

  private func text(of cells: [TerminalCanvas.Cell]) -> String {
    cells.reduce(into: [(text: String, ink: TerminalInk)]()) { runs, cell in
      if runs.last?.ink != cell.ink { runs.append(("", cell.ink)) }
      runs[runs.count - 1].text.unicodeScalars.append(cell.character)
    }
    .map { style.colors.paint($0.text, $0.ink) }.joined()
  }
}
