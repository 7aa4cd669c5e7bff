// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The positions of the parts of a terminal chart: all sizes are whole cells.
struct TerminalLayout {
  /// The columns of the plot's bars, without the axis.
  let plotWidth: Int
  /// The rows of the plot.
  let rows: Int
  /// The rows between two ticks of the value axis.
  let rowsPerTick: Int
  /// The columns from one bar to the next.
  let pitch: Int
  /// The columns of a bar.
  let barWidth: Int
  /// The columns from the axis to the edge of the terminal.
  let room: Int
  /// The columns of the labels left of the axis.
  let labelWidth: Int
  let axis: ValueAxis

  init(_ model: ChartModel, width: Int, height: Int) {
    // Three rows at least between labels; then ticks fall between rows, where bars can end.
    axis = ValueAxis(maximum: model.maximum, mostSteps: max(1, height / 3), unit: model.unit)
    rowsPerTick = max(1, height / axis.stepCount)
    rows = rowsPerTick * axis.stepCount
    labelWidth = axis.ticks.map(\.label.columns).max() ?? 1
    room = max(1, width - labelWidth - 2)
    // One slice across a whole terminal says no more than a bar of this width.
    pitch = max(1, min(12, room / max(1, model.columns.count)))
    barWidth = pitch > 2 ? pitch - 1 : pitch
    plotWidth = min(room, pitch * max(1, model.columns.count))
  }

  /// The columns that a bar takes.
  func bar(_ index: Int) -> Range<Int> {
    index * pitch..<index * pitch + barWidth
  }

  /// The row whose upper edge is a tick of the value axis.
  func row(ofTick index: Int) -> Int {
    index * rowsPerTick - 1
  }

  /// The most columns of a plot: each wants at least one column of the terminal.
  static func mostColumns(width: Int) -> Int {
    // The widest label (`1,000 ms`) and the axis; the real one may leave a little more.
    max(1, width - 10)
  }
}
