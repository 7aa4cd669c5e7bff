// SPDX-License-Identifier: Apache-2.0

/// Puts functions into an order in which callees come before their callers, as far as there is one.
///
/// Functions that call each other in a circle become one component. Or, on request, the calls that
/// lead back on a depth-first walk are passed over, so that each function is a component of its own.
///
/// The arrays are as long as the graph and are kept from one part of it to the next.
///
/// Source: R. Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1 (1972),
/// without recursion, since a path may be as long as the graph.
struct CallOrder {
  /// The component of each function of the part, and -1 for all others.
  ///
  /// Callees have lower numbers than their callers.
  private(set) var component: [Int32]
  /// The functions of the part, component by component.
  private(set) var functions: [Int32] = []
  /// Where each component ends among the functions.
  private var ends: [Int] = []

  private var members: [Bool]
  /// When the walk came to a function: 1 for the first, 0 for those it has not come to.
  private var visits: [Int32]
  /// The earliest visit that a function leads back to.
  private var earliest: [Int32]
  private var isAcyclic = false
  private var visitCount: Int32 = 0
  private var open: [Int32] = []
  private var path: [Step] = []

  /// A function on the path of the walk, and which of its calls come next.
  private struct Step {
    var function: Int32
    var calls: Range<Int>
  }

  /// Creates an order of no functions, for graphs of a size, the root included.
  init(functionCount: Int) {
    component = Array(repeating: -1, count: functionCount)
    members = Array(repeating: false, count: functionCount)
    visits = Array(repeating: 0, count: functionCount)
    earliest = Array(repeating: 0, count: functionCount)
  }

  /// The functions of each component; callees come first.
  var components: some RandomAccessCollection<ArraySlice<Int32>> {
    ends.indices.lazy.map { [functions, ends] index in
      functions[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }
  }

  /// Sorts a part of a graph, walking from the callees of the function that enters it.
  ///
  /// - Complexity: O(*n*) in the functions of the part and their callees.
  mutating func sort(
    _ part: [Int32],
    enteredFrom header: Int32,
    isAcyclic: Bool,
    in graph: CallGraph
  ) {
    clear()
    self.isAcyclic = isAcyclic
    for function in part { members[Int(function)] = true }
    for callee in graph.callees[graph.positions(ofCallsFrom: header)] where members[Int(callee)] {
      walk(from: callee, graph)
    }
    for function in part { walk(from: function, graph) }
    for function in part { members[Int(function)] = false }
  }

  private mutating func clear() {
    for function in functions {
      component[Int(function)] = -1
      visits[Int(function)] = 0
    }
    functions.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    visitCount = 0
  }

  private mutating func walk(from start: Int32, _ graph: CallGraph) {
    guard visits[Int(start)] == 0 else { return }
    visit(start, graph)
    while let step = path.last {
      guard let call = step.calls.first else {
        path.removeLast()
        leave(step.function)
        continue
      }
      path[path.count - 1].calls = call + 1..<step.calls.upperBound
      look(from: step.function, at: graph.callees[call], graph)
    }
  }

  private mutating func visit(_ function: Int32, _ graph: CallGraph) {
    visitCount += 1
    visits[Int(function)] = visitCount
    earliest[Int(function)] = visitCount
    open.append(function)
    path.append(Step(function: function, calls: graph.positions(ofCallsFrom: function)))
  }

  private mutating func look(from caller: Int32, at callee: Int32, _ graph: CallGraph) {
    guard members[Int(callee)] else { return }
    if visits[Int(callee)] == 0 { return visit(callee, graph) }
    guard component[Int(callee)] < 0 else { return }
    earliest[Int(caller)] = min(earliest[Int(caller)], visits[Int(callee)])
  }

  private mutating func leave(_ function: Int32) {
    let earliest = earliest[Int(function)]
    if let caller = path.last?.function {
      self.earliest[Int(caller)] = min(self.earliest[Int(caller)], earliest)
    }
    // Without circles a function is done when its callees are.
    guard isAcyclic || earliest == visits[Int(function)] else { return }
    while let member = open.popLast() {
      component[Int(member)] = Int32(ends.count)
      functions.append(member)
      if member == function { break }
    }
    ends.append(functions.count)
  }
}
