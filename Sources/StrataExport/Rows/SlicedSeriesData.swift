// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A row for each slice and series; slices without captures and undefined values have none.
///
/// Rows of series are followed by one of `other` where there are further series. The document is a
/// matrix: a value for each slice in each series.
extension SlicedSeries: DataResult {
  /// The name of the document's form.
  public var schema: String { "strata/slices/1" }

  /// The rows.
  public var rows: any ResultRows { SliceRows(result: self) }

  /// The fields of the document in their order.
  public var document: [DocumentField] {
    [
      .word("metric", metric.rawValue), .word("statistic", statistic.rawValue),
      .word("unit", metric.unit.rawValue), .count("every", every.nanoseconds ?? 0),
      .word("align", alignment.rawValue), .word("groupBy", "\(grouping)"),
      .word("kind", kind?.rawValue), .word("clock", clock?.rawValue),
      .value("weighted", .flag(isWeighted)), .value("stackable", .flag(isStackable)),
      .rows("slices", SliceTotals(result: self)), .rows("series", SeriesValues(result: self)),
      .count("otherCount", otherCount),
    ]
  }
}

/// A value for each slice and series.
private struct SliceRows: ResultRows {
  let result: SlicedSeries

  private static let times = [
    Column("start", nil, .time), Column("startNanoseconds", nil, .integer, unit: "ns"),
  ]

  var columns: [Column] {
    let values = [
      Column("metric", nil, .word), Column("statistic", nil, .word), Column("unit", nil, .word),
      Column("value", nil, .number, unit: result.metric.unit.rawValue),
      Column("captures", nil, .integer, unit: "captures"), Column("partial", nil, .flag),
    ]
    // In objects `other` takes the place of what a series is of.
    var ends = [Column("other", nil, .flag, in: .tables)]
    if result.grouping.labelKey != nil { ends.append(Column("absent", nil, .flag, in: .tables)) }
    let taken = (Self.times + values + ends).map(\.name)
    return Self.times + result.grouping.columns(besides: taken)
      + [Column("isOther", ["other"], .flag, in: .objects)] + values + ends
  }

  func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure) {
    let keys = result.series.map { Optional($0.key) } + [nil]
    // A row for each series: what is the same in all slices is made once.
    var rows = keys.map { key in
      let constants: [Cell] = [
        .word(result.metric.rawValue), .word(result.statistic.rawValue),
        .word(result.metric.unit.rawValue),
      ]
      return [.null, .null] + self.key(of: key) + constants + [.null, .null, .null] + flags(of: key)
    }
    let valuePlace = 2 + self.key(of: nil).count + 3
    for (index, slice) in result.slices.enumerated() where slice.captures > 0 {
      func write(_ row: Int, _ value: MetricValue) throws(Failure) {
        rows[row][0] = .time(slice.start)
        rows[row][1] = .count(slice.start.nanoseconds)
        rows[row][valuePlace] = Cell(value)
        rows[row][valuePlace + 1] = .count(slice.captures)
        rows[row][valuePlace + 2] = .flag(slice.isPartial)
        try body(rows[row])
      }
      for (number, series) in result.series.enumerated() where index < series.values.count {
        if let value = series.values[index] { try write(number, value) }
      }
      if result.otherCount > 0, let value = slice.other { try write(result.series.count, value) }
    }
  }

  /// What a row is of; nil stands for `other`.
  private func key(of key: SeriesKey?) -> [Cell] {
    guard let key else { return result.grouping.cellsOfOther + [.flag(true)] }
    return result.grouping.cells(of: key) + [.absent]
  }

  /// Whether a row is of `other`, and by label whether it is of captures without the label.
  private func flags(of key: SeriesKey?) -> [Cell] {
    guard result.grouping.labelKey != nil else { return [.flag(key == nil)] }
    if case .label(_, nil)? = key { return [.flag(false), .flag(true)] }
    return [.flag(key == nil), .flag(false)]
  }
}

/// What is true of each slice.
private struct SliceTotals: ResultRows {
  let result: SlicedSeries

  var columns: [Column] {
    let unit = result.metric.unit.rawValue
    return [
      Column("start", nil, .time), Column("startNanoseconds", nil, .integer, unit: "ns"),
      Column("captures", nil, .integer, unit: "captures"), Column("partial", nil, .flag),
      Column("total", nil, .number, unit: unit), Column("other", nil, .number, unit: unit),
    ]
  }

  func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure) {
    for slice in result.slices {
      try body([
        .time(slice.start), .count(slice.start.nanoseconds), .count(slice.captures),
        .flag(slice.isPartial), Cell(slice.total), Cell(slice.other),
      ])
    }
  }
}

/// The values of each series.
private struct SeriesValues: ResultRows {
  let result: SlicedSeries

  var columns: [Column] {
    let unit = result.metric.unit.rawValue
    return result.grouping.columns(besides: []) + [
      Column("values", nil, .numbers, unit: unit), Column("total", nil, .number, unit: unit),
    ]
  }

  func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure) {
    for series in result.series {
      try body(
        result.grouping.cells(of: series.key) + [.values(series.values), Cell(series.total)]
      )
    }
  }
}

// MARK: - What series are of

extension Grouping {
  /// The columns that say what a series is of; in tables none has the name of another column.
  fileprivate func columns(besides others: [String]) -> [Column] {
    switch self {
    case .function: Column.function(in: "function")
    case .file: [Column("file", nil, .text)]
    case .module: [Column("module", nil, .text)]
    case .all:
      [
        Column("all", nil, .word, in: .tables), Column("isAll", ["all"], .flag, in: .objects),
      ]
    case .label(let key):
      [
        Column("labelKey", ["label", "key"], .text, in: .objects),
        Column(others.contains(key) ? "\(self)" : key, ["label", "value"], .text),
      ]
    }
  }

  /// What a series is of.
  fileprivate func cells(of key: SeriesKey) -> [Cell] {
    switch key {
    case .function(let function): function.cells
    case .file(let text), .module(let text): [.text(text)]
    case .all: [.word("all"), .flag(true)]
    case .label(let key, let value): [.text(ByteString(key)), Cell(value)]
    }
  }

  /// What stands for all series without a row of their own: a word in tables, nothing in objects.
  fileprivate var cellsOfOther: [Cell] {
    switch self {
    case .function: [.absent, .absent, .standIn("(other)")]
    case .file, .module: [.standIn("(other)")]
    case .all: [.standIn("(other)"), .absent]
    case .label: [.absent, .standIn("(other)")]
    }
  }
}
