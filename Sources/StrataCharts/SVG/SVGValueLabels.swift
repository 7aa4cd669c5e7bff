// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// What a browser shows when the pointer rests on a value.
struct SVGValueLabels {
  let model: ChartModel

  /// The function, the slice, the value and its part of the slice.
  func title(of layer: ChartModel.Layer, _ column: Int) -> String {
    let value = Quantity(layer.values[column] ?? 0, unit: model.unit)
    var lines = [layer.title, when(column), "\(value)\(share(of: value.value, column))"]
    if model.columns[column].isPartial { lines.append("partial slice") }
    return lines.joined(separator: "\n")
  }

  /// The slice itself: its time and its captures.
  func title(ofGap column: Int) -> String {
    "\(when(column))\nno captures"
  }

  private func when(_ column: Int) -> String {
    let captures = model.columns[column].captures
    let count = captures == 1 ? "1 capture" : "\(captures.grouped) captures"
    return "\(model.columns[column].start.iso8601) · \(count)"
  }

  private func share(of value: Double, _ column: Int) -> String {
    guard model.total != nil, let total = model.columnTotals[column], total > 0 else { return "" }
    return " · \(percentage(value / total)) of the slice"
  }
}
