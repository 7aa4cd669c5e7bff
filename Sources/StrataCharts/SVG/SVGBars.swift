// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The layers of stacked bars.
struct SVGBars {
  let model: ChartModel
  let layout: SVGLayout
  let labels: SVGValueLabels

  /// Lower heights are not worth a rectangle; they still lift the layers above.
  private static let leastHeight = 0.05

  func write(to svg: inout XMLWriter) {
    var sums = [Double](repeating: 0, count: model.columns.count)
    for (index, layer) in model.layers.enumerated() {
      svg.element("g", ["class": "strata-layer strata-s\(index)", "fill": layer.color.css]) {
        for column in model.columns.indices {
          let low = sums[column]
          sums[column] += layer.height(at: column)
          bar(layer, column, from: low, to: sums[column], in: &$0)
        }
      }
    }
  }

  private func bar(
    _ layer: ChartModel.Layer,
    _ column: Int,
    from low: Double,
    to high: Double,
    in svg: inout XMLWriter
  ) {
    let (top, bottom) = (layout.y(of: high), layout.y(of: low))
    guard bottom - top >= Self.leastHeight else { return }
    let place: KeyValuePairs = [
      "x": layout.x(ofBar: column).coordinate, "y": top.coordinate,
      "width": layout.barWidth.coordinate, "height": (bottom - top).coordinate,
    ]
    let title = labels.title(of: layer, column)
    guard model.columns[column].isPartial else { return svg.element("rect", place, title: title) }
    svg.element("g", ["class": "strata-partial"]) { $0.element("rect", place, title: title) }
  }
}
