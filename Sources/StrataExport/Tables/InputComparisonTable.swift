// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A comparison of inputs as rows, one for each label value.
public struct InputComparisonTable: Sendable {
  private let comparison: InputComparison

  /// Creates the rows of a comparison.
  public init(_ comparison: InputComparison) {
    self.comparison = comparison
  }

  /// The rows as CSV, in memory as a whole: see ``writeCSV(_:to:)``.
  public var csv: [UInt8] {
    var bytes: [UInt8] = []
    writeCSV { bytes += $0 }
    return bytes
  }

  /// Hands the rows on as CSV, piece by piece; times are nanoseconds, and what is undefined is empty.
  ///
  /// The column `absent` is true for captures without the label, but not for an empty value.
  ///
  /// - Parameters:
  ///   - texts: What becomes of texts that a spreadsheet would evaluate.
  ///   - output: Takes the pieces in their order, each of some 64 KiB of whole rows.
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func writeCSV<Failure>(
    _ texts: CSVTexts = .harmless,
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var text = DelimitedText(
      header: [
        "key", "value", "captures", "selfTime", "share", "mean", "p50", "p95", "restCaptures",
        "restMean", "restP50", "restP95", "excess", "topFunction", "topChange", "topMoreCalls",
        "topSlowerCalls", "absent",
      ],
      texts: texts
    )
    for input in comparison.inputs {
      text.row(cells(of: input))
      try text.pass(to: output)
    }
    try text.pass(to: output, always: true)
  }

  private func cells(of input: InputComparison.Input) -> [DelimitedText.Cell] {
    let share = MetricValue(input.distribution.sum, dividedBy: comparison.selfTime)
    let value = input.value.map { DelimitedText.Cell.text(ByteString($0)) } ?? .empty
    let own: [DelimitedText.Cell] = [
      .text(ByteString(input.key)), value, .value("\(input.distribution.captures)"),
      .value("\(input.distribution.sum)"), share.cell,
    ]
    return own + figures(of: input.distribution) + [.value("\(input.rest.captures)")]
      + figures(of: input.rest) + [input.excess.cell] + top(input.functions.first)
      + [.value("\(input.value == nil)")]
  }

  private func figures(of distribution: InputComparison.Distribution) -> [DelimitedText.Cell] {
    [
      distribution.mean.cell, distribution.p50.map { .value("\($0)") } ?? .empty,
      distribution.p95.map { .value("\($0)") } ?? .empty,
    ]
  }

  private func top(_ function: InputComparison.FunctionDifference?) -> [DelimitedText.Cell] {
    guard let function else { return [.empty, .empty, .empty, .empty] }
    let split = function.split
    return [
      .text(function.function.standardName), .value("\(split.change)"),
      .value("\(split.moreCalls)"), .value("\(split.slowerCalls)"),
    ]
  }
}

extension MetricValue? {
  /// The value in decimal digits; nothing for nil.
  fileprivate var cell: DelimitedText.Cell {
    self.map { .value($0.digits) } ?? .empty
  }
}
