// SPDX-License-Identifier: Apache-2.0

public import StrataCore

extension SlicedSeries {
  /// Hands the result on as a JSON document, piece by piece: see ``JSONWriter/slicedSeries(_:)``.
  ///
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func writeJSON<Failure>(
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var json = JSONWriter()
    try json.slicedSeries(self) { (json) throws(Failure) in try json.pass(to: output) }
    json.endDocument()
    try json.pass(to: output, always: true)
  }
}

extension JSONWriter {
  /// Writes a result in the schema `strata/slices/1`; times are whole nanoseconds, and a value that
  /// is undefined (per call without calls) is `null`.
  public mutating func slicedSeries(_ result: SlicedSeries) {
    slicedSeries(result) { _ in }
  }

  /// Writes a result, and calls `rest` after each of its parts.
  fileprivate mutating func slicedSeries<Failure>(
    _ result: SlicedSeries,
    _ rest: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    try object { (json) throws(Failure) in
      json.field("schema", "strata/slices/1")
      json.field("metric", result.metric.rawValue)
      json.field("statistic", result.statistic.rawValue)
      json.field("unit", result.metric.unit.rawValue)
      json.field("every", result.every.nanoseconds ?? 0)
      json.field("align", result.alignment.rawValue)
      json.field("groupBy", "\(result.grouping)")
      json.optional("kind", result.kind?.rawValue)
      json.optional("clock", result.clock?.rawValue)
      json.field("weighted", result.isWeighted)
      json.field("stackable", result.isStackable)
      try json.array("slices") { (json) throws(Failure) in
        for slice in result.slices {
          json.slice(slice)
          try rest(&json)
        }
      }
      try json.array("series") { (json) throws(Failure) in
        for series in result.series { try json.series(series, rest) }
      }
      json.field("otherCount", result.otherCount)
      json.warnings(result.warnings)
    }
  }

  /// Writes what a series is of, as a field named after the grouping.
  public mutating func key(_ key: SeriesKey) {
    switch key {
    case .function(let function): object("function") { $0.identity(function) }
    case .file(let file): field("file", file)
    case .module(let module): field("module", module)
    case .all: field("all", true)
    case .label(let key, let value):
      object("label") { json in
        json.field("key", key)
        json.optional("value", value)
      }
    }
  }

  /// Writes a field with a text, or `null`.
  mutating func optional(_ key: String, _ text: String?) {
    if let text { field(key, text) } else { null(key) }
  }

  private mutating func slice(_ slice: SlicedSeries.Slice) {
    newline()
    object { json in
      json.field("start", slice.start.iso8601)
      json.field("startNanoseconds", slice.start.nanoseconds)
      json.field("captures", slice.captures)
      json.field("partial", slice.isPartial)
      json.field("total", slice.total)
      json.field("other", slice.other)
    }
  }

  private mutating func series<Failure>(
    _ series: SlicedSeries.Series,
    _ rest: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    newline()
    try object { (json) throws(Failure) in
      json.key(series.key)
      try json.array("values") { (json) throws(Failure) in
        for value in series.values {
          json.value(value)
          try rest(&json)
        }
      }
      json.field("total", series.total)
    }
  }
}
