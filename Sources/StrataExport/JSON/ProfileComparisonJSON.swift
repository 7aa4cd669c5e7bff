// SPDX-License-Identifier: Apache-2.0

public import StrataCore

extension ProfileComparison {
  /// Hands the comparison on as a JSON document, piece by piece: see
  /// ``JSONWriter/profileComparison(_:)``.
  ///
  /// - Throws: What `output` throws; nothing is handed on after it.
  public func writeJSON<Failure>(
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var json = JSONWriter()
    try json.profileComparison(self) { (json) throws(Failure) in try json.pass(to: output) }
    json.endDocument()
    try json.pass(to: output, always: true)
  }
}

extension JSONWriter {
  /// Writes a comparison in the schema `strata/diff/1`.
  ///
  /// Times are nanoseconds: whole numbers, or where they are per capture or per call the nearest
  /// floating-point number of an exact ratio. A value that is undefined (per call without calls) is
  /// `null`.
  public mutating func profileComparison(_ comparison: ProfileComparison) {
    profileComparison(comparison) { _ in }
  }

  /// Writes a comparison, and calls `rest` after each function.
  fileprivate mutating func profileComparison<Failure>(
    _ comparison: ProfileComparison,
    _ rest: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    try object { (json) throws(Failure) in
      json.field("schema", "strata/diff/1")
      json.field("unit", "ns")
      json.field("groupBy", comparison.grouping.rawValue)
      json.field(
        "statistic",
        comparison.isPerCapture ? Statistic.mean.rawValue : Statistic.sum.rawValue
      )
      json.optional("kind", comparison.kind?.rawValue)
      json.optional("clock", comparison.clock?.rawValue)
      json.object("before") { $0.side(comparison.before) }
      json.object("after") { $0.side(comparison.after) }
      json.object("total") { $0.sums(comparison.total) }
      try json.array("functions") { (json) throws(Failure) in
        for change in comparison.functions {
          json.newline()
          json.change(change, comparison.grouping)
          try rest(&json)
        }
      }
      json.object("other") { json in
        json.field("functions", comparison.otherCount)
        json.sums(comparison.other)
      }
      json.warnings(comparison.warnings)
    }
  }

  /// Writes the change of one function as an object.
  mutating func change(_ change: FunctionChange, _ grouping: ProfileComparison.Matching) {
    object { json in
      json.field("file", change.function.file)
      if grouping == .function { json.field("line", change.function.line) }
      json.field("name", change.function.name)
      json.field("presence", change.presence.rawValue)
      json.sums(change.difference)
      json.figure("cumulativeTime", change.difference.cumulativeTime)
      json.figure("cumulativeTimePerCall", change.difference.cumulativeTimePerCall)
    }
  }

  private mutating func side(_ side: ProfileComparison.Side) {
    field("captures", side.captures)
    optional("first", side.first?.iso8601)
    optional("last", side.last?.iso8601)
  }

  /// Writes what adds up over functions, and self time per call.
  private mutating func sums(_ difference: ProfileDifference) {
    figure("callCount", difference.callCount)
    figure("primitiveCallCount", difference.primitiveCallCount)
    figure("selfTime", difference.selfTime)
    field("moreCalls", difference.moreCalls)
    field("slowerCalls", difference.slowerCalls)
    figure("selfTimePerCall", difference.selfTimePerCall)
  }

  private mutating func figure(_ key: String, _ figure: ProfileDifference.Figure) {
    object(key) { json in
      json.field("before", figure.before)
      json.field("after", figure.after)
      json.field("change", figure.change)
    }
  }
}
