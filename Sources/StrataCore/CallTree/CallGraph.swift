// SPDX-License-Identifier: Apache-2.0

/// Who called whom in a profile, with the share of each caller: the form in which time is
/// distributed (see ``CallTree``).
struct CallGraph {
  /// The calls from one function to another.
  struct Edge {
    /// The function that calls; ``CallGraph/root`` for calls that no function made.
    var caller: Int32
    var callee: Int32
    /// Nanoseconds of the callee's self time that belong to these calls: ψ.
    ///
    /// Those of all edges to a callee add up to its self time.
    var selfTime: Double
    /// In which proportion the time below the callee belongs to these calls: b.
    ///
    /// Nil for calls of the root, which get what the others do not account for.
    var weight: Double?
    var callCount: Double
    /// Nanoseconds that the callee took on behalf of the caller, where the dump says it.
    var measuredTime: Double?
    /// Whether ``selfTime`` is what the dump says, or follows from it by subtraction.
    var isSelfTimeMeasured: Bool
  }

  /// The number of functions; they are numbered as in the profile's table.
  let functionCount: Int
  /// Nanoseconds of each function and all that it calls, as the dump has them.
  let cumulativeTimes: [Double]
  let totalTime: Int64
  let negativeTime: Nanoseconds
  let basis: CallTree.Basis
  private var edges: [Edge]
  private var incoming: Adjacency
  private var outgoing: Adjacency

  /// The virtual function that calls what no function called.
  var root: Int32 { Int32(functionCount) }

  /// The edges to a function.
  func callers(of function: Int32) -> LazyMapSequence<ArraySlice<Int32>, Edge> {
    incoming[function].lazy.map { edges[Int($0)] }
  }

  /// The edges from a function, the heaviest first.
  func callees(of function: Int32) -> LazyMapSequence<ArraySlice<Int32>, Edge> {
    outgoing[function].lazy.map { edges[Int($0)] }
  }

  /// Takes the figures of a profile; a circle of calls that nobody enters gets a call of the root.
  init(_ profile: StatsProfile) throws(CallTreeError) {
    let callees = try CalleeTable(profile)
    functionCount = profile.functionTable.count
    cumulativeTimes = callees.cumulativeTimes
    totalTime = callees.totalTime
    negativeTime = Nanoseconds(callees.negativeTime)
    basis = callees.basis
    edges = callees.edges
    incoming = Adjacency(count: 0)
    outgoing = Adjacency(count: 0)
    connect()
    let closed = entriesOfClosedCircles
    guard !closed.isEmpty else { return }
    edges += closed.map { Edge(from: root, to: $0) }
    connect()
  }

  private mutating func connect() {
    incoming = Adjacency(count: functionCount + 1)
    incoming.fill(edges.indices, of: edges, by: \.callee)
    // The heaviest first, so that a depth-first walk follows them.
    let loads = edges.map { $0.selfTime + ($0.weight ?? 0) }
    outgoing = Adjacency(count: functionCount + 1)
    outgoing.fill(
      edges.indices.sorted { (loads[$1], $0) < (loads[$0], $1) },
      of: edges,
      by: \.caller
    )
  }

  /// The longest function of each circle that nobody outside calls.
  private var entriesOfClosedCircles: [Int32] {
    var order = CallOrder(functionCount: functionCount)
    order.sort(Array(0..<root), enteredFrom: root, isAcyclic: false, in: self)
    return order.components.filter { !isEntered($0, order) }.compactMap { members in
      members.max { cumulativeTimes[Int($0)] < cumulativeTimes[Int($1)] }
    }
  }

  private func isEntered(_ members: ArraySlice<Int32>, _ order: CallOrder) -> Bool {
    members.contains { member in
      callers(of: member).contains {
        order.component[Int($0.caller)] != order.component[Int(member)]
      }
    }
  }
}

extension CallGraph.Edge {
  /// Creates calls of which no more is known.
  init(from caller: Int32, to callee: Int32) {
    self.init(
      caller: caller,
      callee: callee,
      selfTime: 0,
      weight: nil,
      callCount: 0,
      measuredTime: nil,
      isSelfTimeMeasured: false
    )
  }
}

/// Which edges each function has on one of its two sides.
private struct Adjacency {
  private var positions: [Int32] = []
  /// Where the positions of each function begin, and where the last ones end.
  private var starts: [Int32]

  init(count: Int) {
    starts = Array(repeating: 0, count: count + 1)
  }

  subscript(function: Int32) -> ArraySlice<Int32> {
    positions[Int(starts[Int(function)])..<Int(starts[Int(function) + 1])]
  }

  /// Sorts edges by a function of theirs; those of one function keep their order.
  mutating func fill(
    _ order: some Collection<Int>,
    of edges: [CallGraph.Edge],
    by function: (CallGraph.Edge) -> Int32
  ) {
    for edge in edges { starts[Int(function(edge)) + 1] += 1 }
    for index in starts.indices.dropFirst() { starts[index] += starts[index - 1] }
    var next = starts
    positions = Array(repeating: 0, count: edges.count)
    for index in order {
      let function = Int(function(edges[index]))
      positions[Int(next[function])] = Int32(index)
      next[function] += 1
    }
  }
}
