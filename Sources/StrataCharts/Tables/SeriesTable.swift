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
    let numbers = TableNumbers(series)
    let lines = rows(numbers) + [""] + legend(numbers) + series.warnings.map { "# " + $0.printable }
    return lines.map { $0 + "\n" }.joined()
  }

  // MARK: - Slices

  private func rows(_ numbers: TableNumbers) -> [String] {
    let columns = series.series.indices.map { "[\($0 + 1)]" } + (series.hasOther ? ["other"] : [])
    let head = ["start (UTC)", "captures", "total \(numbers.unitName)"] + columns + [""]
    var table = TextTable([.left] + head.dropFirst(2).map { _ in .right } + [.left])
    table.add(head)
    for index in series.slices.indices { table.add(row(index, numbers)) }
    return table.lines()
  }

  private func row(_ index: Int, _ numbers: TableNumbers) -> [String] {
    let slice = series.slices[index]
    let values = series.series.map { index < $0.values.count ? $0.values[index] : nil }
    let other = series.hasOther ? [slice.other] : []
    return [slice.start.iso8601, String(slice.captures)]
      + ([slice.total] + values + other).map { numbers.text($0?.finite) }
      + [slice.captures == 0 ? "empty" : slice.isPartial ? "partial" : ""]
  }

  // MARK: - Legend

  private func legend(_ numbers: TableNumbers) -> [String] {
    let model = ChartModel(series, mostColumns: max(1, series.slices.count))
    var table = TextTable([.left, .right, .right, .left])
    let total = "\(series.totalName) \(numbers.unitName)"
    table.add(["#", total, "share", series.groupBy.printable])
    for (index, layer) in model.layers.enumerated() {
      let number = layer.isOther ? "other" : "[\(index + 1)]"
      table.add([number, numbers.text(layer.total), share(layer.share), layer.name.full])
    }
    if let total = model.total { table.add(["total", numbers.text(total), share(1), ""]) }
    return table.lines()
  }

  private func share(_ share: Double?) -> String {
    share == nil ? "-" : percentage(share).filter { $0 != " " }
  }
}

/// The numbers of a table in one unit for all, so that other tools can compare and sum them.
private struct TableNumbers {
  private let scale: QuantityScale
  private let decimals: Int
  let unitName: String

  init(_ series: SlicedSeries) {
    let unit = series.metric.unit
    let isTime = unit == .nanoseconds || unit == .nanosecondsPerCall
    let values = series.slices.map(\.total) + series.series.flatMap(\.values)
    let largest = values.compactMap { $0?.finite?.magnitude }.max() ?? 0
    scale = .fitting(isTime ? largest : 1, unit: unit)
    // Nanoseconds, calls and captures are whole, as long as nothing divides them.
    let isWhole = !series.metric.isPerCall && series.statistic != .mean
    decimals = scale.divisor == 1 && isWhole ? 0 : 3
    switch unit {
    case .nanoseconds: unitName = "(\(scale.suffix))"
    case .nanosecondsPerCall: unitName = "(\(scale.suffix)/call)"
    case .calls, .captures: unitName = "(\(unit.rawValue))"
    }
  }

  /// A value, or `-` where it is undefined.
  func text(_ value: Double?) -> String {
    value.map { ($0 / scale.divisor).text(decimals: decimals) } ?? "-"
  }
}
