// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A comparison of inputs as rows, one for each label value.
public struct InputComparisonTable: Sendable {
  private let comparison: InputComparison

  /// Creates the rows of a comparison.
  public init(_ comparison: InputComparison) {
    self.comparison = comparison
  }

  /// The rows as CSV; times are nanoseconds, and what is undefined is empty.
  public var csv: [UInt8] {
    var text = DelimitedText(header: [
      "key", "value", "captures", "selfTime", "share", "mean", "p50", "p95", "restCaptures",
      "restMean", "restP50", "restP95", "excess", "topFunction", "topChange", "topMoreCalls",
      "topSlowerCalls",
    ])
    for input in comparison.inputs { text.row(row(of: input)) }
    return text.bytes
  }

  private func row(of input: InputComparison.Input) -> [ByteString] {
    let share = MetricValue(input.distribution.sum, dividedBy: comparison.selfTime)
    let texts =
      [
        input.key, input.value ?? "", "\(input.distribution.captures)",
        "\(input.distribution.sum)", share.digits,
      ] + figures(of: input.distribution) + ["\(input.rest.captures)"]
      + figures(of: input.rest) + [input.excess.digits]
    return texts.map { ByteString($0) } + top(input.functions.first)
  }

  private func figures(of distribution: InputComparison.Distribution) -> [String] {
    [
      distribution.mean.digits, distribution.p50.map { "\($0)" } ?? "",
      distribution.p95.map { "\($0)" } ?? "",
    ]
  }

  private func top(_ function: InputComparison.FunctionDifference?) -> [ByteString] {
    guard let function else { return ["", "", "", ""] }
    let split = function.split
    return [
      ByteString(function.function.description), ByteString("\(split.change)"),
      ByteString("\(split.moreCalls)"), ByteString("\(split.slowerCalls)"),
    ]
  }
}

extension MetricValue? {
  /// The value in decimal digits; nothing for nil.
  fileprivate var digits: String {
    self?.digits ?? ""
  }
}
