// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A result as rows, one for each slice and series, ready for a database or a data frame.
///
/// Rows of series are followed by one of `other` where there are further series; slices without
/// captures have no rows. Values that are undefined are left out.
public struct SlicedSeriesTable: Sendable {
  private let result: SlicedSeries

  /// Creates the rows of a result.
  public init(_ result: SlicedSeries) {
    self.result = result
  }

  /// The rows as CSV.
  public var csv: [UInt8] {
    let valueColumns = ["metric", "statistic", "unit", "value", "captures", "partial"]
    var text = DelimitedText(header: ["start", "startNanoseconds"] + keyColumns + valueColumns)
    let constants = [
      result.metric.rawValue, result.statistic.rawValue, result.metric.unit.rawValue,
    ].map { ByteString($0) }
    let keys = result.series.map { fields(of: $0.key) } + [fields(of: nil)]
    for (index, slice) in result.slices.enumerated() where slice.captures > 0 {
      let time = [slice.start.iso8601, "\(slice.start.nanoseconds)"].map { ByteString($0) }
      let end = ["\(slice.captures)", "\(slice.isPartial)"].map { ByteString($0) }
      forEachValue(inSlice: index) { series, value in
        text.row(time + keys[series] + constants + [ByteString(value.digits)] + end)
      }
    }
    return text.bytes
  }

  /// The rows as JSON objects, one a line.
  public var ndjson: [UInt8] {
    var json = JSONWriter()
    for (index, slice) in result.slices.enumerated() where slice.captures > 0 {
      let start = slice.start.iso8601
      forEachValue(inSlice: index) { series, value in
        json.object { json in
          json.field("start", start)
          json.field("startNanoseconds", slice.start.nanoseconds)
          if series < result.series.count {
            json.key(result.series[series].key)
          } else {
            json.field("other", true)
          }
          json.field("metric", result.metric.rawValue)
          json.field("statistic", result.statistic.rawValue)
          json.field("unit", result.metric.unit.rawValue)
          json.field("value", value)
          json.field("captures", slice.captures)
          json.field("partial", slice.isPartial)
        }
        json.endDocument()
      }
    }
    return json.bytes
  }

  /// Calls `body` with the values of a slice that are defined; the number after the last series
  /// stands for `other`.
  private func forEachValue(
    inSlice index: Int,
    _ body: (_ series: Int, _ value: MetricValue) -> Void
  ) {
    for (number, series) in result.series.enumerated() {
      if let value = series.values[index] { body(number, value) }
    }
    if result.otherCount > 0, let other = result.slices[index].other {
      body(result.series.count, other)
    }
  }

  private var keyColumns: [String] {
    switch result.series.first?.key {
    case .function?: ["file", "line", "name"]
    case .file?: ["file"]
    case .module?: ["module"]
    case .label(let key, _)?: [key]
    case .all?, nil: ["all"]
    }
  }

  private func fields(of key: SeriesKey?) -> [ByteString] {
    switch key {
    case .function(let function)?: [function.file, ByteString("\(function.line)"), function.name]
    case .file(let text)?, .module(let text)?: [text]
    case .label(_, let value)?: [ByteString(value ?? "")]
    case .all?: ["all"]
    case nil: keyColumns.indices.map { $0 == keyColumns.count - 1 ? "(other)" : "" }
    }
  }
}

extension MetricValue {
  /// The value in decimal digits: a whole number where it is one.
  var digits: String {
    exactInteger.map { "\($0)" } ?? "\(double)"
  }
}

extension MetricChange {
  /// The change in decimal digits: a whole number where it is one.
  var digits: String {
    exactInteger.map { "\($0)" } ?? "\(double)"
  }
}
