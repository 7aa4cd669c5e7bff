// SPDX-License-Identifier: Apache-2.0

public import StrataCore

extension HTMLPage.Table {
  /// Creates the table of a picture: a row for each series, a column for each slice.
  public init(_ series: SlicedSeries) {
    let model = ChartModel(series, mostColumns: Self.mostColumns)
    let whole = model.total == nil ? [] : ["share"]
    let times = model.columns.map(\.start.iso8601)
    self.init(
      summary: "The numbers as a table",
      columns: ["\(series.grouping)", series.totalName] + whole + times,
      rows: model.layers.map { Self.row($0, model) }
    )
  }

  /// More columns than this are merged, as in the picture: no one reads them one by one.
  private static let mostColumns = 100

  private static func row(_ layer: ChartModel.Layer, _ model: ChartModel) -> [String] {
    let share = model.total == nil ? [] : [percentage(layer.share)]
    return [layer.title, model.text(layer.total)] + share
      + layer.values.map(model.text)
  }
}

extension HTMLPage.Table {
  /// Creates the table of a picture of differences: a row for each function.
  public init(_ comparison: ProfileComparison) {
    self.init(
      summary: "The numbers as a table",
      columns: [
        "function", "change of self time", "more calls", "slower calls", "self time", "calls",
        "self time per call",
      ],
      rows: ComparisonModel(comparison).rows.map { row in
        let figures = ComparisonFigures(row)
        let name = row.mark.isEmpty ? row.title : "\(row.mark) \(row.title)"
        return [
          name, figures.change, figures.moreCalls, figures.slowerCalls, figures.selfTime.text,
          figures.calls.text, figures.perCall.text,
        ]
      }
    )
  }
}
