// SPDX-License-Identifier: Apache-2.0

public import StrataCore

extension JSONWriter {
  /// Writes a result in the schema `strata/slices/1`; times are whole nanoseconds, and a value that
  /// is undefined (per call without calls) is `null`.
  public mutating func slicedSeries(_ result: SlicedSeries) {
    object { json in
      json.field("schema", "strata/slices/1")
      json.field("metric", result.metric.rawValue)
      json.field("statistic", result.statistic.rawValue)
      json.field("unit", result.metric.unit.rawValue)
      json.field("every", result.every.nanoseconds ?? 0)
      json.field("align", result.alignment.rawValue)
      json.field("groupBy", result.groupBy)
      json.optional("kind", result.kind?.rawValue)
      json.optional("clock", result.clock?.rawValue)
      json.field("weighted", result.isWeighted)
      json.field("stackable", result.isStackable)
      json.array("slices") { json in
        for slice in result.slices { json.slice(slice) }
      }
      json.array("series") { json in
        for series in result.series { json.series(series) }
      }
      json.field("otherCount", result.otherCount)
      json.array("warnings") { json in
        for warning in result.warnings { json.value(warning) }
      }
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

  private mutating func series(_ series: SlicedSeries.Series) {
    newline()
    object { json in
      json.key(series.key)
      json.array("values") { json in
        for value in series.values { json.value(value) }
      }
      json.field("total", series.total)
    }
  }
}
