// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// Slices as a plain table for pipes: a row for each slice, a column for each series.
///
/// All values have one unit, which the head says; there are no colours, and `-` stands for an
/// undefined value. The numbers of the columns are explained below, names in full.
public struct SeriesTable: Sendable {
  /// What is written.
  public var series: SlicedSeries

  /// Creates a table.
  public init(_ series: SlicedSeries) {
    self.series = series
  }

  /// The table: lines that end in a line feed.
  public var text: String {
    let lines = rows + [""] + legend + series.warnings.map { "# " + $0.printable }
    return lines.map { $0 + "\n" }.joined()
  }

  // MARK: - Slices

  private var rows: [String] {
    let numbers = series.series.indices.map { "[\($0 + 1)]" } + (series.hasOther ? ["other"] : [])
    let head = ["start (UTC)", "captures", "total \(unitName)"] + numbers + [""]
    var table = TextTable([.left] + head.dropFirst(2).map { _ in .right } + [.left])
    table.add(head)
    for index in series.slices.indices { table.add(row(index)) }
    return table.lines()
  }

  private func row(_ index: Int) -> [String] {
    let slice = series.slices[index]
    let values = series.series.map { index < $0.values.count ? $0.values[index] : nil }
    return [slice.start.iso8601, String(slice.captures), text(slice.total)]
      + values.map(text) + (series.hasOther ? [text(slice.other)] : [])
      + [slice.captures == 0 ? "empty" : slice.isPartial ? "partial" : ""]
  }

  // MARK: - Legend

  private var legend: [String] {
    let model = ChartModel(series, mostColumns: max(1, series.slices.count))
    var table = TextTable([.left, .right, .right, .left])
    table.add(["#", "\(series.totalName) \(unitName)", "share", series.groupBy.printable])
    for (index, layer) in model.layers.enumerated() {
      let number = layer.isOther ? "other" : "[\(index + 1)]"
      table.add([number, text(layer.total), share(layer.share), layer.name.full])
    }
    if let total = model.total { table.add(["total", text(total), share(1), ""]) }
    return table.lines()
  }

  private func share(_ share: Double?) -> String {
    share == nil ? "-" : percentage(share).filter { $0 != " " }
  }

  // MARK: - Numbers

  private func text(_ value: MetricValue?) -> String {
    text(value?.finite)
  }

  private func text(_ value: Double?) -> String {
    guard let value else { return "-" }
    return (value / scale.divisor).text(decimals: scale.divisor == 1 && isWhole ? 0 : 3)
  }

  private var isWhole: Bool {
    !series.metric.isPerCall && series.statistic != .mean
  }

  private var unitName: String {
    switch series.metric.unit {
    case .nanoseconds: "(\(scale.suffix))"
    case .nanosecondsPerCall: "(\(scale.suffix)/call)"
    case .calls: "(calls)"
    case .captures: "(captures)"
    }
  }

  /// One unit for all, so that numbers can be compared and summed by other tools.
  private var scale: QuantityScale {
    let unit = series.metric.unit
    guard unit == .nanoseconds || unit == .nanosecondsPerCall else {
      return .fitting(1, unit: unit)
    }
    let values =
      series.slices.compactMap { $0.total?.finite }
      + series.series.flatMap { $0.values.compactMap { $0?.finite } }
    return .fitting(values.map(\.magnitude).max() ?? 0, unit: unit)
  }
}
