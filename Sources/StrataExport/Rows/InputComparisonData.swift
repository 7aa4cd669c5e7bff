// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A row for each label value; times are nanoseconds.
///
/// A table names the function that makes the largest difference, objects hold all of them. The
/// column `absent` is true for captures without the label, but not for an empty value.
extension InputComparison: DataResult {
  /// The name of the document's form.
  public var schema: String { "strata/inputs/1" }

  /// The rows.
  public var rows: any ResultRows { InputRows(comparison: self) }

  /// The fields of the document in their order.
  public var document: [DocumentField] {
    [
      .word("unit", "ns"), .value("keys", .texts(keys.map { ByteString($0) })),
      .word("kind", kind?.rawValue), .word("clock", clock?.rawValue),
      .count("captures", captures), .count("selfTime", selfTime.count), .rows("inputs", rows),
    ]
  }
}

private struct InputRows: ResultRows {
  let comparison: InputComparison

  let columns = [
    Column("key", ["label", "key"], .text), Column("value", ["label", "value"], .text),
    Column("captures", nil, .integer, unit: "captures"),
    Column("selfTime", nil, .integer, unit: "ns"), Column("share", nil, .number),
    Column("perCaptureOf", ["perCapture", "captures"], .integer, unit: "captures", in: .objects),
    time("mean", ["perCapture", "mean"]), time("p50", ["perCapture", "p50"]),
    time("p95", ["perCapture", "p95"]),
    Column("restCaptures", ["restPerCapture", "captures"], .integer, unit: "captures"),
    time("restMean", ["restPerCapture", "mean"]), time("restP50", ["restPerCapture", "p50"]),
    time("restP95", ["restPerCapture", "p95"]), time("excess", ["excess"]),
    Column("functions", nil, .rows(FunctionRows.columns), in: .objects),
    Column("topFunction", nil, .text, in: .tables),
    Column("topChange", nil, .integer, unit: "ns", in: .tables),
    Column("topMoreCalls", nil, .integer, unit: "ns", in: .tables),
    Column("topSlowerCalls", nil, .integer, unit: "ns", in: .tables),
    Column("absent", nil, .flag, in: .tables),
  ]

  private static func time(_ name: String, _ path: [String]) -> Column {
    Column(name, path, .number, unit: "ns")
  }

  func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure) {
    for input in comparison.inputs {
      let label: [Cell] = [.text(ByteString(input.key)), Cell(input.value)]
      let (own, rest) = (input.distribution, input.rest)
      let share = MetricValue(own.sum.count, dividedBy: comparison.selfTime.count)
      let sums: [Cell] = [.count(own.captures), .integer(own.sum.count), Cell(share)]
      let figures = cells(of: own) + cells(of: rest) + [Cell(input.excess)]
      let functions: [Cell] = [.rows(FunctionRows(functions: input.functions))]
      try body(
        label + sums + figures + functions + top(input.functions.first)
          + [.flag(input.value == nil)]
      )
    }
  }

  private func cells(of distribution: InputComparison.Distribution) -> [Cell] {
    [
      .count(distribution.captures), Cell(distribution.mean),
      Cell(distribution.p50.map { MetricValue($0.count) }),
      Cell(distribution.p95.map { MetricValue($0.count) }),
    ]
  }

  private func top(_ difference: InputComparison.FunctionDifference?) -> [Cell] {
    guard let difference else { return [.null, .null, .null, .null] }
    let split = difference.split
    return [.text(difference.function.standardName)]
      + [split.change, split.moreCalls, split.slowerCalls].map { .integer($0.count) }
  }
}

/// The functions that make the difference of one label value.
private struct FunctionRows: ResultRows {
  let functions: [InputComparison.FunctionDifference]

  static let columns =
    Column.function(in: "function")
    + [
      Column("selfTime", nil, .integer, unit: "ns"), Column("calls", nil, .integer, unit: "calls"),
      Column("restSelfTime", nil, .integer, unit: "ns"),
      Column("restCalls", nil, .integer, unit: "calls"),
      Column("change", nil, .integer, unit: "ns"), Column("moreCalls", nil, .integer, unit: "ns"),
      Column("slowerCalls", nil, .integer, unit: "ns"),
    ]

  var columns: [Column] { Self.columns }

  func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure) {
    for difference in functions {
      let (side, rest, split) = (difference.side, difference.rest, difference.split)
      let figures = [
        side.selfTime.count, side.calls, rest.selfTime.count, rest.calls, split.change.count,
        split.moreCalls.count, split.slowerCalls.count,
      ]
      try body(difference.function.cells + figures.map { .integer($0) })
    }
  }
}
