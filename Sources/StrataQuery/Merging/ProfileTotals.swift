// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// Captures added up in whole numbers, callers included, by the function numbers of a store.
///
/// Whole nanoseconds make the sum exact, and the same in any order and from any sums of parts. No
/// figure passes its 128 bits: each capture adds at most 63.
public struct ProfileTotals: Sendable {
  /// The sum of one function.
  public struct Row: Hashable, Sendable {
    /// The function.
    public var function: FunctionID
    /// Its figures.
    public var figures: FunctionTotals

    /// Creates a row.
    public init(function: FunctionID, figures: FunctionTotals) {
      self.function = function
      self.figures = figures
    }
  }

  /// The sum of one function's calls of another.
  public struct Edge: Hashable, Sendable {
    /// The function that calls.
    public var caller: FunctionID
    /// The function that is called, which has a row.
    public var callee: FunctionID
    /// The figures of the calls.
    public var figures: FunctionTotals
    /// Whether the number of calls is all that is known; the other figures then have no meaning.
    ///
    /// That of one capture suffices: half of a time would be no time.
    public var isCountOnly: Bool

    /// Creates an edge.
    public init(
      caller: FunctionID,
      callee: FunctionID,
      figures: FunctionTotals,
      isCountOnly: Bool = false
    ) {
      self.caller = caller
      self.callee = callee
      self.figures = figures
      self.isCountOnly = isCountOnly
    }
  }

  /// The functions that the captures have figures of, each once.
  public var rows: [Row] = []
  /// Who called them, each pair of functions once, in any order.
  public var edges: [Edge] = []

  /// Creates the sum of nothing.
  public init() {}

  /// The sum as a profile, its functions in the order of the rows.
  ///
  /// Of each time of *k* nanoseconds it has the product `Double(k) * 1e-9`, as cProfile makes its
  /// times; so has the total time, of the self times of all functions together.
  ///
  /// - Parameter name: Finds the function of a number; called once for each.
  /// - Returns: A profile with every row and edge.
  /// - Complexity: O(*n*) in the functions and edges.
  public func profile(naming name: (FunctionID) throws -> Function) rethrows -> StatsProfile {
    try profile(table: { FunctionList(try $0.map(name)) })
  }

  /// The sum as a profile whose functions stand in a table that is made for all of them at once.
  package func profile(table: ([FunctionID]) throws -> FunctionList) rethrows -> StatsProfile {
    var assembly = TotalsAssembly(rows)
    assembly.add(edges)
    return try assembly.profile(table)
  }
}

/// Puts sums together as a profile: rows in their order, the edges of each side by side.
private struct TotalsAssembly {
  private var functions: [FunctionID]
  /// The place of each function in the table by its number; -1 where it has none.
  private var places: [Int32] = []
  private var rows: [StatsProfile.Row]
  private var edges: [StatsProfile.Edge] = []
  private var wide = WideCounts()
  private var selfTime: Int128 = 0

  init(_ totals: [ProfileTotals.Row]) {
    functions = []
    functions.reserveCapacity(totals.count)
    rows = []
    rows.reserveCapacity(totals.count)
    for row in totals {
      selfTime += row.figures.selfTime
      rows.append(
        StatsProfile.Row(
          function: place(of: row.function),
          firstEdge: 0,
          edgeCount: 0,
          figures: CompactFigures(row.figures, &wide)
        )
      )
    }
  }

  /// The place of a function in the table; a new one comes behind the others.
  private mutating func place(of function: FunctionID) -> Int32 {
    let number = Int(function.index)
    let missing = number + 1 - places.count
    if missing > 0 { places += repeatElement(-1, count: max(missing, places.count)) }
    if places[number] < 0 {
      places[number] = Int32(functions.count)
      functions.append(function)
    }
    return places[number]
  }

  /// Adds all edges, sorted by what they lead to with a count of each.
  mutating func add(_ totals: [ProfileTotals.Edge]) {
    for edge in totals { rows[Int(place(of: edge.callee))].edgeCount += 1 }
    var firstEdge: Int32 = 0
    for row in rows.indices {
      rows[row].firstEdge = firstEdge
      firstEdge += rows[row].edgeCount
    }
    var next = rows.map(\.firstEdge)
    edges = Array(repeating: StatsProfile.Edge(ProfileTotals.none, 0, &wide), count: totals.count)
    for edge in totals {
      let row = Int(place(of: edge.callee))
      edges[Int(next[row])] = StatsProfile.Edge(edge, place(of: edge.caller), &wide)
      next[row] += 1
    }
  }

  func profile(_ table: ([FunctionID]) throws -> FunctionList) rethrows -> StatsProfile {
    StatsProfile(
      functionTable: try table(functions),
      rows: rows,
      edges: edges,
      wideCounts: wide,
      totalTime: selfTime.secondsFromNanoseconds
    )
  }
}

extension ProfileTotals {
  /// An edge that is about to be replaced.
  fileprivate static let none = Edge(
    caller: FunctionID(0),
    callee: FunctionID(0),
    figures: .zero
  )
}

extension StatsProfile.Edge {
  fileprivate init(_ edge: ProfileTotals.Edge, _ caller: Int32, _ wide: inout WideCounts) {
    if edge.isCountOnly {
      self.init(caller: caller, callCount: wide.compact(edge.figures.callCount))
    } else {
      self.init(caller: caller, figures: CompactFigures(edge.figures, &wide))
    }
  }
}

extension CompactFigures {
  fileprivate init(_ totals: FunctionTotals, _ wide: inout WideCounts) {
    self.init(
      callCount: wide.compact(totals.callCount),
      primitiveCallCount: wide.compact(totals.primitiveCallCount),
      selfTime: totals.selfTime.secondsFromNanoseconds,
      cumulativeTime: totals.cumulativeTime.secondsFromNanoseconds
    )
  }
}
