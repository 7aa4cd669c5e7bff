// SPDX-License-Identifier: Apache-2.0

/// How the time of a part of a graph flows through it, when all of it enters through one function.
///
/// The whole graph is entered through the root. A circle of calls, entered through one of its
/// functions, is a part of its own: that function taken out (see ``CallTree``). All figures are
/// nanoseconds of the whole part; a node of the tree has a fraction of them.
struct CallFlow {
  /// Functions that call each other in a circle, or, mostly, one function.
  struct Component {
    /// Time that is below the calls which enter the component: B.
    var timeBelow = 0.0
    /// How many edges enter the component within the part.
    var entries = 0
    var functions = 0
    /// Time below for each unit of an edge's weight.
    fileprivate var scale = 0.0
    fileprivate var rule = Rule.weights
    /// The weight of an edge that has none of its own.
    fileprivate var openWeight = 0.0

    /// What decides the part of an edge, the next one where all edges have 0.
    fileprivate enum Rule { case weights, calls, equality }

    fileprivate func weight(of edge: CallGraph.Edge) -> Double {
      switch rule {
      case .weights: edge.weight ?? openWeight
      case .calls: edge.callCount
      case .equality: 1
      }
    }

    /// Time below the calls of an edge that enters the component.
    func timeBelow(_ edge: CallGraph.Edge) -> Double {
      scale * weight(of: edge)
    }
  }

  /// What is known of a function of the part.
  struct Member {
    var component: Int32 = 0
    /// Time that flows to callees outside the component, in this part and in those around it.
    var timeOut = 0.0
    /// Self time and number of the calls from the part that are counted in a node above.
    var foldedTime = 0.0
    var foldedCalls = 0.0
  }

  /// The function through which the part is entered.
  let header: Int32
  /// The number of the flow of the part that this one was taken from.
  let outer: Int?
  /// Whether calls that lead back were passed over, so that other paths may lead to a function.
  let isCutOpen: Bool
  /// The functions of the part, in order of their numbers, and what is known of each.
  let functions: [Int32]
  private(set) var members: [Member]
  private(set) var components: [Component] = []

  /// Computes the flow of a part, callees first.
  ///
  /// The functions come in order of their numbers, each with the time that it passes to callees
  /// outside the part; `order` has just put them into order.
  ///
  /// - Complexity: O(*n* log *n*) in the functions and edges of the part.
  init(
    _ functions: [Int32],
    enteredFrom header: Int32,
    timesOut: [Double],
    outer: Int?,
    isCutOpen: Bool,
    order: CallOrder,
    in graph: CallGraph
  ) {
    self.header = header
    self.outer = outer
    self.isCutOpen = isCutOpen
    self.functions = functions
    members = timesOut.map { Member(timeOut: $0) }
    var entries: [CallGraph.Edge] = []
    for functions in order.components {
      entries.removeAll(keepingCapacity: true)
      add(functions, &entries, order, graph)
    }
  }

  /// The position of a function among the members; nil for one outside the part.
  func position(of function: Int32) -> Int? {
    // The part of all functions, which are numbered from 1, is the most frequent one.
    if outer == nil { return function == CallGraph.root ? nil : Int(function) - 1 }
    var range = functions.startIndex..<functions.endIndex
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      if functions[middle] == function { return middle }
      range =
        functions[middle] < function
        ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }

  /// The component of a member.
  func component(of position: Int) -> Component {
    components[Int(members[position].component)]
  }

  // MARK: - Components

  private mutating func add(
    _ functions: ArraySlice<Int32>,
    _ entries: inout [CallGraph.Edge],
    _ order: CallOrder,
    _ graph: CallGraph
  ) {
    let number = Int32(components.count)
    var component = Component(functions: functions.count)
    for function in functions {
      guard let position = position(of: function) else { continue }
      members[position].component = number
      members[position].timeOut += timeOut(of: function, number, order, graph)
      for edge in graph.calls(to: function) {
        let caller = order.component[Int(edge.caller)]
        if edge.caller == header || caller > number {
          entries.append(edge)
        } else if caller >= 0 {
          members[position].foldedTime += edge.selfNanoseconds
          members[position].foldedCalls += edge.callCount
        }
      }
      component.timeBelow += members[position].timeOut + members[position].foldedTime
    }
    component.divide(among: entries)
    components.append(component)
  }

  /// Time that flows from a function to lower components of the part.
  private func timeOut(
    of function: Int32,
    _ number: Int32,
    _ order: CallOrder,
    _ graph: CallGraph
  ) -> Double {
    var time = 0.0
    for call in graph.positions(ofCallsFrom: function) {
      let callee = order.component[Int(graph.callees[call])]
      guard callee >= 0, callee < number else { continue }
      let edge = graph.call(at: call)
      time += edge.selfNanoseconds + components[Int(callee)].timeBelow(edge)
    }
    return time
  }
}

extension CallFlow.Component {
  /// Divides the time below among the edges that enter.
  fileprivate mutating func divide(among edges: [CallGraph.Edge]) {
    entries = edges.count
    let open = edges.count { $0.weight == nil }
    if open > 0 {
      let known = edges.reduce(0) { $0 + ($1.weight ?? 0) }
      openWeight = max(0, timeBelow - known) / Double(open)
    }
    for next in [Rule.weights, .calls, .equality] where scale == 0 {
      rule = next
      let sum = edges.reduce(0) { $0 + weight(of: $1) }
      if sum > 0 { scale = timeBelow / sum }
    }
  }
}
