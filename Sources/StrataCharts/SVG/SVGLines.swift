// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// A line with points for each series; it is broken where a value is undefined.
struct SVGLines {
  let model: ChartModel
  let layout: SVGLayout
  let labels: SVGValueLabels

  func write(to svg: inout XMLWriter) {
    // The largest series comes last, so that it is on top.
    for (index, layer) in model.layers.enumerated().reversed() {
      let style: KeyValuePairs = [
        "class": "strata-layer strata-s\(index)", "fill": layer.color.css,
        "stroke": layer.color.css,
      ]
      svg.element("g", style) { svg in
        let path = path(of: layer)
        if !path.isEmpty { svg.empty("path", ["class": "strata-line", "d": path]) }
        for column in model.columns.indices { point(layer, column, in: &svg) }
      }
    }
  }

  /// The line through neighbouring points; a single point is left to its circle.
  private func path(of layer: ChartModel.Layer) -> String {
    var path = ""
    for column in model.columns.indices {
      guard let place = place(of: layer, column) else { continue }
      let follows = column > 0 && self.place(of: layer, column - 1) != nil
      path += "\(follows ? "L" : "M")\(place.x.coordinate) \(place.y.coordinate)"
    }
    return path
  }

  private func point(_ layer: ChartModel.Layer, _ column: Int, in svg: inout XMLWriter) {
    guard let place = place(of: layer, column) else { return }
    let radius = layout.pitch < 6 ? 1.25 : 2.75
    let attributes: KeyValuePairs = [
      "class": model.columns[column].isPartial ? "strata-partial" : "strata-point",
      "cx": place.x.coordinate, "cy": place.y.coordinate, "r": radius.coordinate,
    ]
    svg.element("circle", attributes, title: labels.title(of: layer, column))
  }

  private func place(of layer: ChartModel.Layer, _ column: Int) -> (x: Double, y: Double)? {
    guard let value = layer.values[column], !model.columns[column].isGap else { return nil }
    return (layout.center(of: column), layout.y(of: value))
  }
}
