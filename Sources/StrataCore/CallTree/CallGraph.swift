// SPDX-License-Identifier: Apache-2.0

/// Who called whom in a profile, with the share of each caller: the form in which time is
/// distributed (see ``CallTree``).
struct CallGraph {
  /// The calls from one function to another.
  ///
  /// Shares of times need not be whole, so they are no ``Nanoseconds``: all of them, here and in the
  /// flows, are numbers of nanoseconds.
  struct Edge {
    /// The function that calls; ``CallGraph/root`` for calls that no function made.
    var caller: Int32
    var callee: Int32
    /// The share of these calls in the callee's self time: ψ, which need not be a whole number.
    ///
    /// Those of all edges to a callee add up to its self time.
    var selfNanoseconds = 0.0
    /// In which proportion the time below the callee belongs to these calls: b.
    ///
    /// Nil for calls of the root, which get what the others do not account for.
    var weight: Double?
    var callCount = 0.0
    /// What the callee took on behalf of the caller, where the dump says it.
    var measuredNanoseconds: Double?
    /// Whether ``selfNanoseconds`` is what the dump says, or follows from it by subtraction.
    var isSelfTimeMeasured = false
    /// Whether these are all calls from the caller to the callee, without a doubt.
    var isCertain = true
  }

  /// The edges to or from a function, by their positions: copies would take most of the memory.
  struct Calls: RandomAccessCollection {
    fileprivate let edges: [Edge]
    fileprivate let positions: ArraySlice<Int32>

    var startIndex: Int { positions.startIndex }
    var endIndex: Int { positions.endIndex }
    subscript(index: Int) -> Edge { edges[Int(positions[index])] }
  }

  /// The virtual function that calls what no function called; the others are numbered from 1.
  static let root: Int32 = 0

  /// The numbers in the profile's table of the functions; a function may be there more than once.
  private(set) var origins: [Int32]
  /// All edges, heaviest first, so that a depth-first walk follows them.
  private(set) var edges: [Edge]
  /// The positions of edges, those to one function side by side.
  private var incoming: [Int32] = []
  /// The positions of edges, those from one function side by side.
  private var outgoing: [Int32] = []
  /// The callees of the outgoing edges.
  private(set) var callees: [Int32] = []
  let table: CalleeTable
  private var incomingRanges: [Range<Int>] = []
  private var outgoingRanges: [Range<Int>] = []

  /// The numbers of all functions but the root.
  var functions: Range<Int32> { 1..<Int32(origins.count) }

  /// The edges to a function, the heaviest first.
  func calls(to function: Int32) -> Calls {
    Calls(edges: edges, positions: incoming[incomingRanges[Int(function)]])
  }

  /// The edges from a function, the heaviest first.
  func calls(from function: Int32) -> Calls {
    Calls(edges: edges, positions: outgoing[outgoingRanges[Int(function)]])
  }

  /// The positions of the edges from a function among the ``callees``.
  func positions(ofCallsFrom function: Int32) -> Range<Int> {
    outgoingRanges[Int(function)]
  }

  /// An edge by its position among the ``callees``.
  func call(at position: Int) -> Edge {
    edges[Int(outgoing[position])]
  }

  /// Takes the figures of a profile, and makes every circle one that is entered.
  init(_ profile: StatsProfile) throws(CallTreeError) {
    var table = try CalleeTable(profile)
    edges = table.takeEdges().heaviestFirst
    self.table = table
    origins = (-1..<Int32(table.cumulativeNanoseconds.count)).map { $0 }
    connect()
    enterClosedCircles()
    separateOutermostCalls()
  }

  private mutating func connect() {
    (incoming, incomingRanges) = edges.grouped(by: \.callee, count: origins.count)
    (outgoing, outgoingRanges) = edges.grouped(by: \.caller, count: origins.count)
    callees = outgoing.map { edges[Int($0)].callee }
  }

  /// Lets edges connect other functions than before.
  mutating func changeEdges(_ change: (inout Edge) -> Void) {
    for index in edges.indices { change(&edges[index]) }
    connect()
  }

  /// Adds a function of the table again, and returns its number.
  mutating func addFunction(like function: Int32) -> Int32 {
    origins.append(origins[Int(function)])
    return Int32(origins.count - 1)
  }

  /// The time of a function and all that it calls, as the dump has them.
  func cumulativeNanoseconds(of function: Int32) -> Double? {
    table.cumulativeNanoseconds[Int(origins[Int(function)])]
  }

  /// The functions in their order, circle by circle.
  var order: CallOrder {
    var order = CallOrder(functionCount: origins.count)
    order.sort(Array(functions), enteredFrom: Self.root, isAcyclic: false, in: self)
    return order
  }

  /// Lets the root call the longest function of each circle that is not called from outside.
  private mutating func enterClosedCircles() {
    let order = order
    let entries = order.components.filter { members in
      !members.contains { member in
        calls(to: member).contains {
          order.component[Int($0.caller)] != order.component[Int(member)]
        }
      }
    }.compactMap { members in
      members.max { cumulativeNanoseconds(of: $0) ?? 0 < cumulativeNanoseconds(of: $1) ?? 0 }
    }
    guard !entries.isEmpty else { return }
    edges += entries.map { Edge(caller: Self.root, callee: $0) }
    connect()
  }
}

extension [CallGraph.Edge] {
  /// The edges in the order of their loads.
  fileprivate var heaviestFirst: [CallGraph.Edge] {
    let loads = map { $0.selfNanoseconds + ($0.weight ?? 0) }
    return (0..<Int32(count)).sorted { (loads[Int($1)], $0) < (loads[Int($0)], $1) }
      .map { self[Int($0)] }
  }

  /// The positions of the edges of each function side by side, in their order, and where those of a
  /// function are.
  fileprivate func grouped(
    by function: (CallGraph.Edge) -> Int32,
    count: Int
  ) -> (positions: [Int32], ranges: [Range<Int>]) {
    var starts = [Int](repeating: 0, count: count + 1)
    for edge in self { starts[Int(function(edge)) + 1] += 1 }
    for index in starts.indices.dropFirst() { starts[index] += starts[index - 1] }
    var (next, positions) = (starts, [Int32](repeating: 0, count: self.count))
    for (index, edge) in enumerated() {
      positions[next[Int(function(edge))]] = Int32(index)
      next[Int(function(edge))] += 1
    }
    return (positions, (0..<count).map { starts[$0]..<starts[$0 + 1] })
  }
}
