// SPDX-License-Identifier: Apache-2.0

public import StrataCore

extension InputComparison {
  /// Hands the comparison on as a JSON document, piece by piece: see
  /// ``JSONWriter/inputComparison(_:)``.
  ///
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func writeJSON<Failure>(
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var json = JSONWriter()
    try json.inputComparison(self) { (json) throws(Failure) in try json.pass(to: output) }
    json.endDocument()
    try json.pass(to: output, always: true)
  }
}

extension JSONWriter {
  /// Writes a comparison in the schema `strata/inputs/1`; times are nanoseconds.
  public mutating func inputComparison(_ comparison: InputComparison) {
    inputComparison(comparison) { _ in }
  }

  /// Writes a comparison, and calls `rest` after each of its parts.
  fileprivate mutating func inputComparison<Failure>(
    _ comparison: InputComparison,
    _ rest: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    try object { (json) throws(Failure) in
      json.field("schema", "strata/inputs/1")
      json.field("unit", "ns")
      json.array("keys") { json in
        for key in comparison.keys { json.value(key) }
      }
      json.optional("kind", comparison.kind?.rawValue)
      json.optional("clock", comparison.clock?.rawValue)
      json.field("captures", comparison.captures)
      json.field("selfTime", comparison.selfTime)
      try json.array("inputs") { (json) throws(Failure) in
        for input in comparison.inputs { try json.input(input, of: comparison, rest) }
      }
      json.warnings(comparison.warnings)
    }
  }

  private mutating func input<Failure>(
    _ input: InputComparison.Input,
    of comparison: InputComparison,
    _ rest: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    newline()
    try object { (json) throws(Failure) in
      json.object("label") { json in
        json.field("key", input.key)
        json.optional("value", input.value)
      }
      json.field("captures", input.distribution.captures)
      json.field("selfTime", input.distribution.sum)
      json.field("share", MetricValue(input.distribution.sum, dividedBy: comparison.selfTime))
      json.object("perCapture") { $0.distribution(input.distribution) }
      json.object("restPerCapture") { $0.distribution(input.rest) }
      json.field("excess", input.excess)
      try json.array("functions") { (json) throws(Failure) in
        for function in input.functions {
          json.difference(function)
          try rest(&json)
        }
      }
    }
  }

  private mutating func distribution(_ distribution: InputComparison.Distribution) {
    field("captures", distribution.captures)
    field("mean", distribution.mean)
    field("p50", distribution.p50.map(MetricValue.init))
    field("p95", distribution.p95.map(MetricValue.init))
  }

  private mutating func difference(_ difference: InputComparison.FunctionDifference) {
    object { json in
      json.object("function") { $0.identity(difference.function) }
      json.field("selfTime", difference.side.selfTime)
      json.field("calls", difference.side.calls)
      json.field("restSelfTime", difference.rest.selfTime)
      json.field("restCalls", difference.rest.calls)
      json.field("change", difference.split.change)
      json.field("moreCalls", difference.split.moreCalls)
      json.field("slowerCalls", difference.split.slowerCalls)
    }
  }
}
