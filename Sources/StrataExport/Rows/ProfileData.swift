// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A profile as data: a row for each function that a listing shows.
///
/// Times are the dump's seconds, in the shortest digits that read back to the same bits. Objects
/// hold the callers of a function, too; a caller known only by its count has no other
/// figures. The document's totals are those of the whole profile.
public struct ProfileData: DataResult {
  /// The profile.
  public var profile: StatsProfile
  /// The functions to write; nil writes all in the order of the dump.
  public var listing: ProfileListing?
  /// How the figures came about, where that is known and the same for all.
  public var kind: ProfileKind?
  /// What the times measure, where that is known and the same for all.
  public var clock: ProfileClock?
  /// Caveats to display with the profile.
  public var warnings: [Warning]

  /// Creates the data of a profile.
  public init(
    _ profile: StatsProfile,
    _ listing: ProfileListing? = nil,
    kind: ProfileKind? = nil,
    clock: ProfileClock? = nil,
    warnings: [Warning] = []
  ) {
    self.profile = profile
    self.listing = listing
    self.kind = kind
    self.clock = clock
    self.warnings = warnings
  }

  /// The name of the document's form.
  public var schema: String { "strata/profile/1" }

  /// The rows.
  public var rows: any ResultRows { FunctionRows(profile: profile, rows: shownRows) }

  /// The fields of the document in their order.
  public var document: [DocumentField] {
    [
      .word("kind", kind?.rawValue), .word("clock", clock?.rawValue),
      .count("totalCalls", profile.totalCalls), .count("primitiveCalls", profile.primitiveCalls),
      .value("totalTime", .double(profile.totalTime)), .rows("functions", rows),
    ]
  }

  /// A row for each caller of the functions that are shown, for tables, which hold no rows in rows.
  public var callers: any DataResult { CallerData(profile: self) }

  fileprivate var shownRows: [Int] { listing?.rows ?? Array(profile.rows.indices) }
}

/// The callers of a profile's functions as data.
private struct CallerData: DataResult {
  let profile: ProfileData

  var schema: String { profile.schema }
  var rows: any ResultRows { CallerRows(profile: profile.profile, rows: profile.shownRows) }
  var document: [DocumentField] { profile.document }
  var warnings: [Warning] { profile.warnings }
}

private struct FunctionRows: ResultRows {
  let profile: StatsProfile
  let rows: [Int]

  var columns: [Column] {
    Column.function() + CallStatistics.columns
      + [Column("callers", nil, .rows(CallersOfFunction.columns), in: .objects)]
  }

  func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure) {
    // Functions are made once, callers are numbers of them.
    let functions = profile.functionTable.functions
    for row in rows {
      let callers = CallersOfFunction(profile: profile, functions: functions, row: row)
      try body(
        functions[Int(profile.rows[row].function)].cells
          + profile.statistics(of: profile.rows[row]).cells + [.rows(callers)]
      )
    }
  }
}

/// The callers of one function.
private struct CallersOfFunction: ResultRows {
  let profile: StatsProfile
  let functions: [Function]
  let row: Int

  static let columns = Column.function() + CallStatistics.columns

  var columns: [Column] { Self.columns }

  func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure) {
    for edge in profile.edges[profile.rows[row].edgeRange] {
      try body(functions[Int(edge.caller)].cells + profile.figures(of: edge).cells)
    }
  }
}

/// The callers of all functions.
private struct CallerRows: ResultRows {
  let profile: StatsProfile
  let rows: [Int]

  var columns: [Column] {
    Column.function(prefix: "caller", in: "caller") + Column.function() + CallStatistics.columns
  }

  func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure) {
    let functions = profile.functionTable.functions
    for row in rows {
      let function = functions[Int(profile.rows[row].function)].cells
      for edge in profile.edges[profile.rows[row].edgeRange] {
        try body(functions[Int(edge.caller)].cells + function + profile.figures(of: edge).cells)
      }
    }
  }
}

extension CallStatistics {
  fileprivate static let columns = [
    Column("callCount", nil, .integer, unit: "calls"),
    Column("primitiveCallCount", nil, .integer, unit: "calls"),
    Column("selfTime", nil, .number, unit: "s"), Column("cumulativeTime", nil, .number, unit: "s"),
  ]

  fileprivate var cells: [Cell] {
    [
      .integer(callCount), .integer(primitiveCallCount), .double(selfTime),
      .double(cumulativeTime),
    ]
  }
}

extension CallEdge.Figures {
  fileprivate var cells: [Cell] {
    switch self {
    case .full(let statistics): statistics.cells
    case .countOnly(let count): [.integer(count), .absent, .absent, .absent]
    }
  }
}
