// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The grid, the labels of both axes, and the slices without captures.
struct SVGAxes {
  let model: ChartModel
  let layout: SVGLayout
  let labels: SVGValueLabels

  /// What is behind the layers.
  func writeGrid(to svg: inout XMLWriter) {
    gaps(in: &svg)
    for tick in layout.axis.ticks {
      let y = layout.y(of: tick.value)
      if tick.value > 0 { line("strata-grid", (layout.left, y), (layout.right, y), in: &svg) }
      value(tick.label, at: y, in: &svg)
    }
  }

  /// What is on top of the layers.
  func writeTimes(to svg: inout XMLWriter) {
    let bottom = layout.bottom
    line("strata-axis", (layout.left, bottom), (layout.right, bottom), in: &svg)
    let places = ticks.map { layout.left + model.position(of: $0.time) * layout.pitch }
    for x in places { line("strata-axis", (x, bottom), (x, bottom + 5), in: &svg) }
    times(zip(places, ticks).map { ($0, $1.label) }, y: bottom + 19, in: &svg)
    let contexts = zip(places, ticks).compactMap { x, tick in tick.context.map { (x, $0) } }
    times(contexts, y: bottom + 35, in: &svg)
  }

  /// Texts in a row; one that would touch the text before it is left out.
  private func times(_ texts: [(x: Double, text: String)], y: Double, in svg: inout XMLWriter) {
    var end = -Double.infinity
    for (x, text) in texts {
      let center = layout.center(of: text, near: x)
      let half = SVGLayout.width(of: text) / 2
      guard center - half > end else { continue }
      time(text, at: (center, y), in: &svg)
      end = center + half + 8
    }
  }

  private var ticks: [TimeAxis.Tick] {
    guard let start = model.columns.first?.start else { return [] }
    let width = layout.pitch * Double(model.columns.count)
    return TimeAxis(from: start, through: model.end, mostTicks: max(1, Int(width / 90))).ticks
  }

  private func gaps(in svg: inout XMLWriter) {
    for column in model.columns.indices where model.columns[column].isGap {
      let place: KeyValuePairs = [
        "class": "strata-gap", "x": (layout.left + Double(column) * layout.pitch).coordinate,
        "y": layout.top.coordinate, "width": layout.pitch.coordinate,
        "height": (layout.bottom - layout.top).coordinate,
      ]
      svg.element("rect", place, title: labels.title(ofGap: column))
    }
  }

  private func line(
    _ style: String,
    _ from: (x: Double, y: Double),
    _ to: (x: Double, y: Double),
    in svg: inout XMLWriter
  ) {
    let place: KeyValuePairs = [
      "class": style, "x1": from.x.coordinate, "y1": from.y.coordinate, "x2": to.x.coordinate,
      "y2": to.y.coordinate,
    ]
    svg.empty("line", place)
  }

  private func value(_ text: String, at y: Double, in svg: inout XMLWriter) {
    let place: KeyValuePairs = [
      "class": "strata-muted strata-number", "x": (layout.left - 8).coordinate,
      "y": (y + 4).coordinate,
    ]
    svg.element("text", place, text: text)
  }

  private func time(_ text: String, at place: (x: Double, y: Double), in svg: inout XMLWriter) {
    let attributes: KeyValuePairs = [
      "class": "strata-muted", "x": place.x.coordinate,
      "y": place.y.coordinate, "text-anchor": "middle",
    ]
    svg.element("text", attributes, text: text)
  }
}
