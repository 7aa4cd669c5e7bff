// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The rows of a picture of differences: name, bar, change and figures of each function.
struct ComparisonBars {
  let model: ComparisonModel
  let layout: ComparisonLayout

  /// Lower widths are not worth a rectangle.
  private static let leastWidth = 0.05

  /// The least width of both sides of a bar for which its sum needs a line of its own.
  private static let leastOpposition = 4.0

  /// The lines behind the bars, with their labels on top as far as they have room.
  func writeGrid(to svg: inout XMLWriter) {
    var end = -Double.infinity
    for tick in layout.axis.ticks {
      let x = layout.x(of: tick.value)
      let line: KeyValuePairs = [
        "class": tick.value == 0 ? "strata-axis" : "strata-grid", "x1": x.coordinate,
        "y1": (layout.top - 4).coordinate, "x2": x.coordinate, "y2": layout.bottom.coordinate,
      ]
      svg.empty("line", line)
      let half = SVGLayout.width(of: tick.label) / 2
      guard x - half > end else { continue }
      end = x + half + 8
      let place: KeyValuePairs = [
        "class": "strata-muted", "x": x.coordinate, "y": (layout.top - 10).coordinate,
        "text-anchor": "middle",
      ]
      svg.element("text", place, text: tick.label)
    }
  }

  func write(to svg: inout XMLWriter) {
    let names = model.rows.map(\.name).shortened(to: layout.nameColumns)
    for (index, row) in model.rows.enumerated() {
      svg.element("g", ["class": "strata-row"]) { group in
        group.element("title", text: title(of: row))
        write(row, index, names[index], to: &group)
      }
    }
  }

  // MARK: - Rows

  private func write(
    _ row: ComparisonModel.Row,
    _ index: Int,
    _ name: String,
    to svg: inout XMLWriter
  ) {
    let top = layout.y(ofRow: index)
    svg.empty(
      "rect",
      [
        "class": "strata-hit", "x": (SVGLayout.margin - 8).coordinate, "y": top.coordinate,
        "width": (layout.end - SVGLayout.margin + 16).coordinate,
        "height": ComparisonLayout.rowHeight.coordinate, "rx": "3",
      ]
    )
    let baseline = top + 16.5
    self.name(name, of: row, baseline, in: &svg)
    bar(of: row, top + (ComparisonLayout.rowHeight - ComparisonLayout.barHeight) / 2, in: &svg)
    change(of: row, baseline, in: &svg)
    for column in layout.columns { figures(column, index, baseline, in: &svg) }
  }

  private func figures(
    _ column: ComparisonLayout.Column,
    _ index: Int,
    _ y: Double,
    in svg: inout XMLWriter
  ) {
    text(
      column.figures[index].before,
      "strata-muted strata-number",
      column.beforeRight,
      y,
      in: &svg
    )
    text("→", "strata-muted strata-number", column.arrow + 5.5, y, in: &svg)
    text(column.figures[index].after, "strata-ink strata-number", column.right, y, in: &svg)
  }

  private func name(
    _ name: String,
    of row: ComparisonModel.Row,
    _ y: Double,
    in svg: inout XMLWriter
  ) {
    guard row.presence != nil else {
      return text(name, "strata-muted", SVGLayout.margin, y, in: &svg)
    }
    if !row.mark.isEmpty {
      text(row.mark, "strata-ink strata-name", SVGLayout.margin - 10, y, in: &svg)
    }
    text(name, "strata-ink strata-name", SVGLayout.margin, y, in: &svg)
  }

  /// The parts on both sides of zero, from there outwards; where both sides have one, a line shows
  /// what is left.
  private func bar(of row: ComparisonModel.Row, _ y: Double, in svg: inout XMLWriter) {
    let ends = row.ends
    var (low, high) = (0.0, 0.0)
    for part in row.parts {
      let start = part.nanoseconds < 0 ? low : high
      let edges = [layout.x(of: start), layout.x(of: start + part.nanoseconds)].sorted()
      if part.nanoseconds < 0 { low += part.nanoseconds } else { high += part.nanoseconds }
      guard edges[1] - edges[0] >= Self.leastWidth else { continue }
      rectangle(edges[0], y, edges[1] - edges[0], part.cause.color.css, in: &svg)
    }
    let zero = layout.x(of: 0)
    let smaller = min(zero - layout.x(of: ends.low), layout.x(of: ends.high) - zero)
    guard smaller >= Self.leastOpposition else { return }
    let place: KeyValuePairs = [
      "class": "strata-ink", "x": (layout.x(of: row.change) - 1).coordinate,
      "y": (y - 3).coordinate, "width": "2",
      "height": (ComparisonLayout.barHeight + 6).coordinate,
    ]
    svg.empty("rect", place)
  }

  private func rectangle(
    _ x: Double,
    _ y: Double,
    _ width: Double,
    _ color: String,
    in svg: inout XMLWriter
  ) {
    let place: KeyValuePairs = [
      "fill": color, "x": x.coordinate, "y": y.coordinate, "width": width.coordinate,
      "height": ComparisonLayout.barHeight.coordinate,
    ]
    svg.empty("rect", place)
  }

  /// The change at the end of the bar that it points to.
  private func change(of row: ComparisonModel.Row, _ y: Double, in svg: inout XMLWriter) {
    let ends = row.ends
    let text = ComparisonFigures(row).change
    if row.change < 0 {
      self.text(text, "strata-ink strata-number", layout.x(of: ends.low) - 6, y, in: &svg)
    } else {
      self.text(text, "strata-ink", layout.x(of: ends.high) + 6, y, in: &svg)
    }
  }

  private func text(
    _ text: String,
    _ style: String,
    _ x: Double,
    _ y: Double,
    in svg: inout XMLWriter
  ) {
    let place: KeyValuePairs = ["class": style, "x": x.coordinate, "y": y.coordinate]
    svg.element("text", place, text: text)
  }

  // MARK: - Hover

  /// What a browser shows when the pointer rests on a row: all figures, before and after.
  private func title(of row: ComparisonModel.Row) -> String {
    let figures = ComparisonFigures(row)
    var lines = [row.title]
    if let presence = row.presence, presence != .both { lines.append("\(presence)") }
    lines.append("self time \(figures.selfTime.text), \(figures.change)")
    lines.append("more calls \(figures.moreCalls), slower calls \(figures.slowerCalls)")
    if row.presence != nil { lines.append("cumulative time \(figures.cumulativeTime.text)") }
    lines.append("calls \(figures.calls.text)")
    lines.append("self time per call \(figures.perCall.text)")
    return lines.joined(separator: "\n")
  }
}
