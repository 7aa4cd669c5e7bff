// SPDX-License-Identifier: Apache-2.0

public import StrataCore

extension JSONWriter {
  /// Writes a profile whole, in the schema `strata/profile/1`: every function with its callers.
  ///
  /// Times are the dump's seconds, in the shortest digits that read back to the same bits; NaN and
  /// infinities, which JSON lacks, are the texts `"nan"`, `"inf"` and `"-inf"`. A caller of which
  /// the count alone is known has `callCount` alone.
  ///
  /// - Parameters:
  ///   - profile: The profile.
  ///   - listing: The functions to write; nil writes all in the order of the dump. The totals are
  ///     those of the whole profile.
  ///   - kind: How the figures came about, where that is known and the same for all.
  ///   - clock: What the times measure, where that is known and the same for all.
  ///   - warnings: What a reader should know.
  public mutating func profile(
    _ profile: StatsProfile,
    _ listing: ProfileListing? = nil,
    kind: ProfileKind? = nil,
    clock: ProfileClock? = nil,
    warnings: [Warning] = []
  ) {
    self.profile(profile, listing, kind: kind, clock: clock, warnings: warnings) { _ in }
  }

  /// Writes a profile, and calls `rest` after each function.
  ///
  /// With ``pass(to:always:)`` in it, the text is never in memory as a whole.
  ///
  /// - Throws: What `rest` throws; the text then ends in the middle.
  public mutating func profile<Failure>(
    _ profile: StatsProfile,
    _ listing: ProfileListing?,
    kind: ProfileKind?,
    clock: ProfileClock?,
    warnings: [Warning],
    afterEach rest: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    let functions = profile.functions
    try object { (json) throws(Failure) in
      json.field("schema", "strata/profile/1")
      json.optional("kind", kind?.rawValue)
      json.optional("clock", clock?.rawValue)
      json.field("totalCalls", profile.totalCalls)
      json.field("primitiveCalls", profile.primitiveCalls)
      json.field("totalTime", profile.totalTime)
      try json.array("functions") { (json) throws(Failure) in
        for row in listing?.rows ?? Array(profile.rows.indices) {
          json.newline()
          json.function(functions[row])
          try rest(&json)
        }
      }
      json.warnings(warnings)
    }
  }

  /// Writes the three fields of a function's identity into the object that is open.
  public mutating func identity(_ function: Function) {
    field("file", function.file)
    field("line", function.line)
    field("name", function.name)
  }

  mutating func function(_ function: FunctionProfile) {
    object { json in
      json.identity(function.function)
      json.statistics(function.statistics)
      json.array("callers") { json in
        for caller in function.callers {
          json.object { json in
            json.identity(caller.caller)
            switch caller.figures {
            case .full(let statistics): json.statistics(statistics)
            case .countOnly(let count): json.field("callCount", count)
            }
          }
        }
      }
    }
  }

  private mutating func statistics(_ statistics: CallStatistics) {
    field("callCount", statistics.callCount)
    field("primitiveCallCount", statistics.primitiveCallCount)
    field("selfTime", statistics.selfTime)
    field("cumulativeTime", statistics.cumulativeTime)
  }
}
