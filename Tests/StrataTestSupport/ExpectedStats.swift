// SPDX-License-Identifier: Apache-2.0

package import StrataCore

/// What CPython's pstats makes of a dump, as a fixture or the corpus keeps it.
package struct ExpectedStats: Sendable {
  package var totalCalls: CallCount
  package var primitiveCalls: CallCount
  package var totalTime: Double
  /// The functions in the order of the dump, or a sample of them with their positions.
  package var functions: [(position: Int, function: FunctionProfile, callerCount: Int)]
  /// How many functions there are.
  package var count: Int
  /// The digest over all functions and callers, if it is known.
  package var digest: String?

  /// Reads `functions` and `rows` of a fixture.
  package init(fixture json: JSONValue) throws {
    totalCalls = try json.field("totalCalls").integer
    primitiveCalls = try json.field("primitiveCalls").integer
    totalTime = try json.field("totalTime").double
    functions = try Self.rows(json.field("rows"), in: json.field("functions"))
    count = functions.count
  }

  /// Reads `stats.json` of the corpus: whole, or a sample and a digest.
  package init(corpus json: JSONValue) throws {
    totalCalls = try json.field("total_calls").integer
    primitiveCalls = try json.field("prim_calls").integer
    totalTime = try json.field("total_tt").double
    digest = try json["sha256"]?.text.string
    if try json["whole"]?.flag ?? true {
      functions = try Self.rows(json.field("stats"), in: json.field("functions"))
      count = functions.count
    } else {
      functions = try json.field("sample").elements.map(Self.sample)
      count = Int(try json.field("functions_count").integer)
    }
  }

  private static func rows(
    _ rows: JSONValue,
    in table: JSONValue
  ) throws -> [(position: Int, function: FunctionProfile, callerCount: Int)] {
    let table = try table.elements.map(function)
    return try rows.elements.enumerated().map { position, row in
      let row = try row.elements
      let callers = try row[5].elements.map { caller in
        let caller = try caller.elements
        return try edge(from: table[Int(caller[0].integer)], caller.dropFirst())
      }
      let profile = FunctionProfile(
        function: table[Int(try row[0].integer)],
        statistics: try statistics(callCount: row[2], primitive: row[1], row[3], row[4]),
        callers: callers
      )
      return (position, profile, callers.count)
    }
  }

  private static func sample(
    _ json: JSONValue
  ) throws -> (position: Int, function: FunctionProfile, callerCount: Int) {
    let row = try json.elements
    let profile = FunctionProfile(
      function: try function(row[1]),
      statistics: try statistics(callCount: row[3], primitive: row[2], row[4], row[5]),
      callers: try row[6].elements.map { caller in
        let caller = try caller.elements
        return try edge(from: function(caller[0]), caller.dropFirst())
      }
    )
    return (Int(try row[0].integer), profile, Int(try row[7].integer))
  }

  private static func function(_ json: JSONValue) throws -> Function {
    let parts = try json.elements
    return Function(
      file: try parts[0].text,
      line: Int(try parts[1].integer),
      name: try parts[2].text
    )
  }

  private static func edge(
    from caller: Function,
    _ figures: ArraySlice<JSONValue>
  ) throws -> CallEdge {
    let figures = Array(figures)
    guard figures.count == 4 else {
      return CallEdge(caller: caller, figures: .countOnly(try figures[0].integer))
    }
    let full = try statistics(callCount: figures[0], primitive: figures[1], figures[2], figures[3])
    return CallEdge(caller: caller, figures: .full(full))
  }

  private static func statistics(
    callCount: JSONValue,
    primitive: JSONValue,
    _ selfTime: JSONValue,
    _ cumulativeTime: JSONValue
  ) throws -> CallStatistics {
    CallStatistics(
      callCount: try callCount.integer,
      primitiveCallCount: try primitive.integer,
      selfTime: try selfTime.double,
      cumulativeTime: try cumulativeTime.double
    )
  }
}
