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

  /// The rows as CSV, in memory as a whole: see ``writeCSV(_:to:)``.
  public var csv: [UInt8] {
    var bytes: [UInt8] = []
    writeCSV { bytes += $0 }
    return bytes
  }

  /// The rows as JSON objects, one per line, in memory as a whole: see ``writeNDJSON(to:)``.
  public var ndjson: [UInt8] {
    var bytes: [UInt8] = []
    writeNDJSON { bytes += $0 }
    return bytes
  }

  /// Hands the rows on as CSV, piece by piece.
  ///
  /// The column `other` is true in the rows of `other`. By label the column `absent` is true for
  /// captures without the label, but not for an empty value.
  ///
  /// - Parameters:
  ///   - texts: What becomes of texts that a spreadsheet would evaluate.
  ///   - output: Takes the pieces in their order, each of some 64 KiB of whole rows.
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func writeCSV<Failure>(
    _ texts: CSVTexts = .harmless,
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var text = DelimitedText(header: columns, texts: texts)
    let constants = text.encoded(
      [result.metric.rawValue, result.statistic.rawValue, result.metric.unit.rawValue]
        .map { .value($0) }
    )
    let keys: [SeriesKey?] = result.series.map(\.key) + [nil]
    let names = keys.map { text.encoded(cells(of: $0)) }
    let ends = keys.map { text.encoded(flags(of: $0)) }
    for (index, slice) in result.slices.enumerated() where slice.captures > 0 {
      let time = text.encoded(
        [slice.start.iso8601, "\(slice.start.nanoseconds)"].map { .value($0) }
      )
      let end = text.encoded(["\(slice.captures)", "\(slice.isPartial)"].map { .value($0) })
      try forEachValue(inSlice: index) { (series, value) throws(Failure) in
        text.row(
          encoded: time,
          names[series],
          constants,
          Array(value.digits.utf8),
          end,
          ends[series]
        )
        try text.pass(to: output)
      }
    }
    try text.pass(to: output, always: true)
  }

  /// Hands the rows on as JSON objects, one per line, piece by piece.
  ///
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func writeNDJSON<Failure>(
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var json = JSONWriter()
    for (index, slice) in result.slices.enumerated() where slice.captures > 0 {
      let start = slice.start.iso8601
      try forEachValue(inSlice: index) { (series, value) throws(Failure) in
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
        try json.pass(to: output)
      }
    }
    try json.pass(to: output, always: true)
  }

  /// Calls `body` with the values of a slice that are defined; the number after the last series
  /// stands for `other`.
  private func forEachValue<Failure>(
    inSlice index: Int,
    _ body: (_ series: Int, _ value: MetricValue) throws(Failure) -> Void
  ) throws(Failure) {
    for (number, series) in result.series.enumerated() where index < series.values.count {
      if let value = series.values[index] { try body(number, value) }
    }
    if result.otherCount > 0, let other = result.slices[index].other {
      try body(result.series.count, other)
    }
  }

  // MARK: - Columns

  private static let timeColumns = ["start", "startNanoseconds"]
  private static let valueColumns = ["metric", "statistic", "unit", "value", "captures", "partial"]

  private var columns: [String] {
    Self.timeColumns + keyColumns + Self.valueColumns
      + (label == nil ? ["other"] : ["other", "absent"])
  }

  /// The label by which series are grouped.
  private var label: String? { result.grouping.labelKey }

  private var keyColumns: [String] {
    guard let label else {
      return result.grouping == .function ? ["file", "line", "name"] : ["\(result.grouping)"]
    }
    // No two columns have one name.
    let others = Self.timeColumns + Self.valueColumns + ["other", "absent"]
    return [others.contains(label) ? "\(result.grouping)" : label]
  }

  /// What a row is of; nil stands for `other`.
  private func cells(of key: SeriesKey?) -> [DelimitedText.Cell] {
    switch key {
    case .function(let function)?: function.cells
    case .file(let text)?, .module(let text)?: [.text(text)]
    case .label(_, let value)?: [value.map { .text(ByteString($0)) } ?? .empty]
    case .all?: [.value("all")]
    case nil:
      keyColumns.indices.map { $0 == keyColumns.count - 1 ? .value("(other)") : .empty }
    }
  }

  private func flags(of key: SeriesKey?) -> [DelimitedText.Cell] {
    let isOther = DelimitedText.Cell.value("\(key == nil)")
    guard label != nil else { return [isOther] }
    if case .label(_, nil)? = key { return [isOther, .value("true")] }
    return [isOther, .value("false")]
  }
}

extension Function {
  /// The file, line and name of the function.
  var cells: [DelimitedText.Cell] { [.text(file), .value("\(line)"), .text(name)] }
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
