// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The lines of the plot with its axes: values at the left, times below.
struct TerminalAxes {
  let model: ChartModel
  let layout: TerminalLayout
  let style: TerminalStyle

  /// The plot's rows from the top, then the axis of time and its labels.
  func lines(around canvas: TerminalCanvas) -> [String] {
    let rows = (0..<layout.rows).reversed().map { row in
      margin(row) + canvas.line(row: row, colors: style.colors)
    }
    return rows + timeAxis
  }

  // MARK: - Values

  private func margin(_ row: Int) -> String {
    let index = (0...layout.axis.stepCount).first { layout.row(ofTick: $0) == row }
    let label = index.map { layout.axis.ticks[$0].label } ?? ""
    let line = index == nil ? style.vertical : style.valueTick
    return axisText(label) + style.colors.paint(String(line), .dim)
  }

  private func axisText(_ text: String) -> String {
    style.colors.paint(style.plain(text).paddedLeft(to: layout.labelWidth) + " ", .dim)
  }

  // MARK: - Time

  private var timeAxis: [String] {
    let ticks = placedTicks
    var line = Array(repeating: style.horizontal, count: layout.plotWidth)
    for column in model.columns.indices where model.columns[column].isGap {
      mark(layout.bar(column), style.gap, in: &line)
    }
    for tick in ticks { mark(tick.column..<tick.column + 1, style.timeTick, in: &line) }
    for column in model.columns.indices where model.columns[column].isPartial {
      mark(layout.bar(column), style.partial, in: &line)
    }
    var view = String.UnicodeScalarView([style.corner])
    view.append(contentsOf: line)
    let labels = row(ticks.map { ($0.column, $0.label) })
    let contexts = row(ticks.compactMap { tick in tick.context.map { (tick.column, $0) } })
    return [axisText("0") + style.colors.paint(String(view), .dim), labels, contexts]
  }

  private func mark(_ columns: Range<Int>, _ sign: Unicode.Scalar, in line: inout [Unicode.Scalar])
  {
    for column in columns where line.indices.contains(column) { line[column] = sign }
  }

  private var placedTicks: [(column: Int, label: String, context: String?)] {
    guard let start = model.columns.first?.start else { return [] }
    // `09:05:10` and three columns of air.
    let axis = TimeAxis(from: start, through: model.end, mostTicks: max(1, layout.plotWidth / 11))
    return axis.ticks.map { tick in
      let column = Int(model.position(of: tick.time) * Double(layout.pitch))
      return (min(column, layout.plotWidth - 1), tick.label, tick.context)
    }
  }

  /// Texts that begin at their columns; one that would touch the text before it is left
  /// out.
  private func row(_ texts: [(column: Int, text: String)]) -> String {
    var line = ""
    for (column, text) in texts {
      let start = max(0, min(column, layout.room - text.columns))
      guard line.isEmpty || line.columns + 2 <= start else { continue }
      line = line.padded(to: start) + text
    }
    let margin = String(repeating: " ", count: layout.labelWidth + 2)
    return style.colors.paint(margin + line, .dim)
  }
}
