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
    let warnings = series.warnings.map { "# " + $0.message.printable }
    let lines = rows(numbers) + [""] + legend(numbers) + warnings
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
      + ([slice.total] + values + other).map { numbers.text($0) }
      + [slice.captures == 0 ? "empty" : slice.isPartial ? "partial" : ""]
  }

  // MARK: - Legend

  private func legend(_ numbers: TableNumbers) -> [String] {
    let model = ChartModel(series, mostColumns: max(1, series.slices.count))
    var table = TextTable([.left, .right, .right, .left])
    let total = "\(series.totalName) \(numbers.unitName)"
    table.add(["#", total, "share", "\(series.grouping)".printable])
    // In full: each is here once.
    let names = model.layers.map(\.name).shortened(to: .max)
    for (index, layer) in model.layers.enumerated() {
      let number = layer.isOther ? "other" : "[\(index + 1)]"
      let total = layer.isOther ? sum(\.other, layer.total) : exact(series.series[index].total)
      table.add([number, numbers.text(total), share(layer.share), names[index]])
    }
    if let total = model.total {
      table.add(["total", numbers.text(sum(\.total, total)), share(1), ""])
    }
    return table.lines()
  }

  private func exact(_ value: MetricValue?) -> TableNumbers.Number? {
    value.map { .exact($0) }
  }

  /// A figure of all slices together: exact where it is a sum, else as near as a picture needs.
  private func sum(
    _ figure: KeyPath<SlicedSeries.Slice, MetricValue?>,
    _ nearest: Double?
  ) -> TableNumbers.Number? {
    let parts = series.slices.map { $0[keyPath: figure]?.exactInteger }
    guard series.statistic == .sum, !series.metric.isPerCall, !parts.contains(nil) else {
      return nearest.map { .nearest($0) }
    }
    return .exact(MetricValue(parts.reduce(0) { $0.addingSaturated($1 ?? 0) }))
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
    let values = series.slices.map(\.total) + series.series.flatMap(\.values)
    let largest = values.compactMap { $0?.finite?.magnitude }.max() ?? 0
    scale = .fitting(unit.quantity == .time ? largest : 1, unit: unit)
    // Nanoseconds, calls and captures are whole, as long as nothing divides them.
    let isWhole = !series.metric.isPerCall && series.statistic != .mean
    decimals = scale.divisor == 1 && isWhole ? 0 : 3
    switch unit.quantity {
    case .time: unitName = "(\(scale.suffix)\(unit.divisor.map { "/\($0)" } ?? ""))"
    case .count: unitName = "(\(unit.rawValue))"
    }
  }

  /// A number of the table.
  enum Number {
    case exact(MetricValue)
    case nearest(Double)
  }

  /// A value, or `-` where it is undefined; whole numbers have all their digits.
  func text(_ value: MetricValue?) -> String {
    text(value.map { .exact($0) })
  }

  /// A number, or `-` where there is none.
  func text(_ number: Number?) -> String {
    switch number {
    case .exact(let value)?:
      if decimals == 0, scale.divisor == 1, let digits = value.exactInteger?.digits {
        return digits
      }
      return value.finite.map(text) ?? "-"
    case .nearest(let value)?: return text(value)
    case nil: return "-"
    }
  }

  private func text(_ value: Double) -> String {
    (value / scale.divisor).text(decimals: decimals)
  }
}
