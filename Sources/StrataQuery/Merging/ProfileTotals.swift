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
  /// - Throws: ``QueryError/inconsistentStore(reason:)`` where a function has two rows, a callee has
  ///   none, or a number is below zero; what `name` throws.
  /// - Complexity: O(*n*) in the functions and edges.
  public func profile(naming name: (FunctionID) throws -> Function) throws -> StatsProfile {
    try profile(table: { FunctionTable(try $0.map(name)) })
  }

  /// The sum as a profile whose functions are in a table that is made for all of them at once.
  package func profile(table: ([FunctionID]) throws -> FunctionTable) throws -> StatsProfile {
    let places = try places()
    var wide = WideCounts()
    let edges = try assembledEdges(places, &wide)
    let rows = zip(self.rows.indices, self.rows).map { index, row in
      StatsProfile.Row(
        function: Int32(index),
        firstEdge: edges.firstOfRow[index],
        edgeCount: edges.firstOfRow[index + 1] - edges.firstOfRow[index],
        figures: CompactFigures(row.figures, &wide)
      )
    }
    return StatsProfile(
      functionTable: try table(places.functions),
      rows: rows,
      edges: edges.sorted,
      wideCounts: wide,
      totalTime: self.rows.reduce(.zero) { $0 + $1.figures.selfTime }.seconds
    )
  }

  /// The functions of all rows in their order, then those that only call others.
  private func places() throws(QueryError) -> FunctionPlaces {
    var places = FunctionPlaces()
    for row in rows { try places.insert(row.function) }
    guard places.functions.count == rows.count else {
      throw .inconsistentStore(reason: "a function has two sums")
    }
    for edge in edges { try places.insert(edge.caller) }
    return places
  }

  /// The edges sorted by their callees, with a count of those, and where each row's begin.
  private func assembledEdges(
    _ places: FunctionPlaces,
    _ wide: inout WideCounts
  ) throws(QueryError) -> (sorted: [StatsProfile.Edge], firstOfRow: [Int32]) {
    var firstOfRow = [Int32](repeating: 0, count: rows.count + 1)
    for edge in edges {
      guard let row = places.place(of: edge.callee), row < rows.count else {
        throw .inconsistentStore(reason: "a function that was called has no sum")
      }
      firstOfRow[Int(row) + 1] += 1
    }
    // Counted and placed, not compared: edges of a row keep the order in which they came.
    for row in rows.indices { firstOfRow[row + 1] += firstOfRow[row] }
    var next = firstOfRow
    let none = StatsProfile.Edge(caller: 0, callCount: wide.compact(0))
    var sorted = Array(repeating: none, count: edges.count)
    var slots = sorted.mutableSpan
    for edge in edges {
      let row = Int(places[edge.callee])
      slots[Int(next[row])] = StatsProfile.Edge(edge, caller: places[edge.caller], &wide)
      next[row] += 1
    }
    return (sorted, firstOfRow)
  }
}

/// Functions in the order in which they are named, and the place of each by its number.
private struct FunctionPlaces {
  private(set) var functions: [FunctionID] = []
  private var places: [Int32] = []

  /// The place of a function that was named.
  subscript(function: FunctionID) -> Int32 { places[Int(function.index)] }

  /// The place of any function; nil for one that was not named.
  func place(of function: FunctionID) -> Int32? {
    let number = Int(function.index)
    return places.indices.contains(number) && places[number] >= 0 ? places[number] : nil
  }

  mutating func insert(_ function: FunctionID) throws(QueryError) {
    let number = Int(function.index)
    guard number >= 0 else {
      throw .inconsistentStore(reason: "a function has a negative number")
    }
    if number < places.count, places[number] >= 0 { return }
    let missing = number + 1 - places.count
    // Doubled, or functions that come in the order of their numbers would each copy the array.
    if missing > 0 { places += repeatElement(-1, count: max(missing, places.count)) }
    places[number] = Int32(functions.count)
    functions.append(function)
  }
}

extension StatsProfile.Edge {
  fileprivate init(_ edge: ProfileTotals.Edge, caller: Int32, _ wide: inout WideCounts) {
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
      selfTime: totals.selfTime.seconds,
      cumulativeTime: totals.cumulativeTime.seconds
    )
  }
}
