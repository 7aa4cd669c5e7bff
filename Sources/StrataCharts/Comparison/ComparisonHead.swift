// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// What is above the bars: the totals, the legend, and the heads of the columns.
struct ComparisonHead {
  let model: ComparisonModel
  let layout: ComparisonLayout

  /// What changed in all.
  static func sentences(on total: ProfileDifference) -> [String] {
    let figures = ComparisonFigures(total: total)
    let callFactor = ComparisonFigures.factor(total.callCount)
    return [
      "Self time \(figures.selfTime.text), \(figures.change) (\(figures.selfTimeFactor)): "
        + "more calls \(figures.moreCalls), slower calls \(figures.slowerCalls)",
      "Calls \(figures.calls.text) (\(callFactor))",
    ]
  }

  func write(to svg: inout XMLWriter) {
    for (index, line) in layout.totals.enumerated() {
      let y = layout.totalY + Double(index) * 19
      text(line, "strata-ink strata-total", x: SVGLayout.margin, y: y, in: &svg)
    }
    legend(in: &svg)
    text("function", "strata-muted", x: SVGLayout.margin, y: layout.top - 10, in: &svg)
    for column in layout.columns {
      let style = "strata-muted strata-number"
      text(column.head, style, x: column.right, y: layout.top - 10, in: &svg)
    }
  }

  private func legend(in svg: inout XMLWriter) {
    for entry in layout.legend {
      var x = entry.x
      if let color = entry.color {
        let place: KeyValuePairs = [
          "fill": color.css, "x": x.coordinate, "y": (entry.y - 10).coordinate, "width": "12",
          "height": "12", "rx": "2",
        ]
        svg.empty("rect", place)
        x += ComparisonLayout.swatchWidth
      }
      let style = entry.color == nil ? "strata-muted" : "strata-ink"
      text(entry.words, style, x: x, y: entry.y, in: &svg)
    }
  }

  private func text(
    _ text: String,
    _ style: String,
    x: Double,
    y: Double,
    in svg: inout XMLWriter
  ) {
    let place: KeyValuePairs = ["class": style, "x": x.coordinate, "y": y.coordinate]
    svg.element("text", place, text: text)
  }
}
