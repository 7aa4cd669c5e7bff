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

  private struct Row {
    var slice: SlicedSeries.Slice
    /// The series; nil for `other`.
    var key: SeriesKey?
    var value: MetricValue
  }

  /// The rows as CSV.
  public var csv: [UInt8] {
    let valueColumns = ["metric", "statistic", "unit", "value", "captures", "partial"]
    var text = DelimitedText(header: ["start", "startNanoseconds"] + keyColumns + valueColumns)
    let constants = [
      result.metric.rawValue, result.statistic.rawValue, result.metric.unit.rawValue,
    ].map { ByteString($0) }
    forEachRow { row in
      let time = [row.slice.start.iso8601, "\(row.slice.start.nanoseconds)"].map { ByteString($0) }
      let value = [row.value.digits, "\(row.slice.captures)", "\(row.slice.isPartial)"]
      text.row(time + fields(of: row.key) + constants + value.map { ByteString($0) })
    }
    return text.bytes
  }

  /// The rows as JSON objects, one a line.
  public var ndjson: [UInt8] {
    var json = JSONWriter()
    forEachRow { row in
      json.object { json in
        json.field("start", row.slice.start.iso8601)
        json.field("startNanoseconds", row.slice.start.nanoseconds)
        if let key = row.key { json.key(key) } else { json.field("other", true) }
        json.field("metric", result.metric.rawValue)
        json.field("statistic", result.statistic.rawValue)
        json.field("unit", result.metric.unit.rawValue)
        json.field("value", row.value)
        json.field("captures", row.slice.captures)
        json.field("partial", row.slice.isPartial)
      }
      json.endDocument()
    }
    return json.bytes
  }

  private func forEachRow(_ body: (Row) -> Void) {
    for (index, slice) in result.slices.enumerated() where slice.captures > 0 {
      for series in result.series {
        guard let value = series.values[index] else { continue }
        body(Row(slice: slice, key: series.key, value: value))
      }
      if result.otherCount > 0, let other = slice.other {
        body(Row(slice: slice, key: nil, value: other))
      }
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
