// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The positions of the parts of a picture, in pixels.
struct SVGLayout {
  static let margin = 24.0
  static let legendRow = 20.0
  static let noteRow = 17.0

  let width: Double
  let axis: ValueAxis
  /// The edges of the plot.
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  /// From one bar to the next.
  let pitch: Double
  let barWidth: Double

  init(_ model: ChartModel, width: Double, plotHeight: Double, headRows: Int) {
    self.width = width
    axis = ValueAxis(
      maximum: model.maximum,
      mostSteps: max(2, Int(plotHeight / 45)),
      unit: model.unit
    )
    left = Self.margin + Double(axis.ticks.map(\.label.columns).max() ?? 1) * 6.6 + 10
    right = width - Self.margin
    top = 64 + Double(headRows) * 18
    bottom = top + plotHeight
    // One slice across the whole picture says no more than a bar of this width.
    pitch = min(80, (right - left) / Double(max(1, model.columns.count)))
    let gap = pitch > 24 ? 4.0 : pitch > 4 ? 1 : 0
    barWidth = pitch - gap
  }

  /// The left edge of a bar.
  func x(ofBar index: Int) -> Double {
    left + Double(index) * pitch + (pitch - barWidth) / 2
  }

  /// The middle of a column.
  func center(of index: Int) -> Double {
    left + (Double(index) + 0.5) * pitch
  }

  /// The height of a value above the axis.
  func y(of value: Double) -> Double {
    bottom - max(0, min(1, value / axis.maximum)) * (bottom - top)
  }

  /// The first line below the axis of time.
  var legendTop: Double { bottom + 70 }

  /// The most columns: each wants two pixels at least.
  static func mostColumns(width: Double) -> Int {
    max(1, Int((width - 2 * margin - 60) / 2))
  }

  /// About how wide a text of 12 pixels is.
  static func width(of text: String) -> Double {
    Double(text.columns) * 6.8
  }

  /// The middle of a text that should be at a place, moved so that it stays in the picture.
  func center(of text: String, near x: Double) -> Double {
    let half = Self.width(of: text) / 2
    return max(Self.margin + half, min(x, width - 6 - half))
  }

  /// About how many letters of the running text fit between two edges.
  static func letters(from left: Double, to right: Double, size: Double) -> Int {
    max(8, Int((right - left) / (size * 0.56)))
  }
}

extension Double {
  /// The number as a coordinate: two decimals are less than a pixel of any screen.
  var coordinate: String {
    isFinite ? shortText(decimals: 2) : "0"
  }
}
