// SPDX-License-Identifier: Apache-2.0

/// Who calls whom in a profile, and who can come to call itself.
package struct CallCycles {
  /// The functions that each function calls, those of one function side by side.
  private let callees: [Int32]
  private let firstCallee: [Int32]

  /// Creates the graph of a profile's edges.
  ///
  /// - Complexity: O(*n*) in the functions and edges.
  package init(_ profile: StatsProfile) {
    var ends = [Int32](repeating: 0, count: profile.functionTable.count + 1)
    for edge in profile.edges { ends[Int(edge.caller)] += 1 }
    var sum: Int32 = 0
    for index in ends.indices {
      sum += ends[index]
      ends[index] = sum
    }
    var callees = [Int32](repeating: 0, count: profile.edges.count)
    for row in profile.rows {
      for edge in profile.edges[row.edgeRange] {
        ends[Int(edge.caller)] -= 1
        callees[Int(ends[Int(edge.caller)])] = row.function
      }
    }
    self.callees = callees
    firstCallee = ends
  }

  /// The functions that a function calls.
  package func callees(of function: Int32) -> ArraySlice<Int32> {
    callees[Int(firstCallee[Int(function)])..<Int(firstCallee[Int(function) + 1])]
  }

  /// Which functions can come to call themselves.
  ///
  /// Source: R. Tarjan, "Depth-first search and linear graph algorithms", 1972; a function is in a
  /// cycle if its strongly connected component has others, or if it calls itself. The stack is an
  /// array, since a chain of calls may be as long as the profile.
  ///
  /// - Complexity: O(*n*) in the functions and edges.
  package var isInCycle: [Bool] {
    var search = CycleSearch(functionCount: firstCallee.count - 1)
    for function in 0..<Int32(firstCallee.count - 1) where search.isNew(function) {
      search.run(from: function, in: self)
    }
    return search.isInCycle
  }
}

/// A depth-first search for strongly connected components.
private struct CycleSearch {
  private struct Visit {
    let function: Int32
    var next: Int
    let end: Int
  }

  /// When each function was reached; 0 before.
  private var order: [Int32]
  /// The earliest function on the stack that each one leads back to.
  private var low: [Int32]
  private var isOnStack: [Bool]
  private var stack: [Int32] = []
  private var visits: [Visit] = []
  private var clock: Int32 = 0
  private(set) var isInCycle: [Bool]

  init(functionCount: Int) {
    order = Array(repeating: 0, count: functionCount)
    low = order
    isOnStack = Array(repeating: false, count: functionCount)
    isInCycle = isOnStack
  }

  func isNew(_ function: Int32) -> Bool { order[Int(function)] == 0 }

  mutating func run(from root: Int32, in graph: CallCycles) {
    enter(root, graph)
    while let visit = visits.last {
      guard visit.next < visit.end else {
        visits.removeLast()
        leave(visit.function)
        continue
      }
      visits[visits.count - 1].next += 1
      let callee = graph.callees(of: visit.function)[visit.next]
      if callee == visit.function { isInCycle[Int(callee)] = true }
      if isNew(callee) {
        enter(callee, graph)
      } else if isOnStack[Int(callee)] {
        low[Int(visit.function)] = min(low[Int(visit.function)], order[Int(callee)])
      }
    }
  }

  private mutating func enter(_ function: Int32, _ graph: CallCycles) {
    clock += 1
    order[Int(function)] = clock
    low[Int(function)] = clock
    stack.append(function)
    isOnStack[Int(function)] = true
    let callees = graph.callees(of: function)
    visits.append(Visit(function: function, next: callees.startIndex, end: callees.endIndex))
  }

  private mutating func leave(_ function: Int32) {
    if let caller = visits.last?.function {
      low[Int(caller)] = min(low[Int(caller)], low[Int(function)])
    }
    guard low[Int(function)] == order[Int(function)] else { return }
    let isAlone = stack.last == function
    while let member = stack.popLast() {
      isOnStack[Int(member)] = false
      if !isAlone { isInCycle[Int(member)] = true }
      if member == function { break }
    }
  }
}
