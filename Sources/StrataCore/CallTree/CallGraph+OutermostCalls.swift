// SPDX-License-Identifier: Apache-2.0

// A program is mostly started by a function that it calls again and again: `exec` runs the script,
// and the script imports modules, which `exec` runs. Folded, all modules would stand beside the
// script that imported them, and the script would look short.

extension CallGraph {
  /// How often functions are separated; each time circles become smaller.
  private static let mostRounds = 32

  /// Makes two functions of one that is called from outside its circle and back from inside it,
  /// where the times tell which callees belong to the calls from outside.
  ///
  /// A call back lies within one of the calls that the dump counts for its caller, so it is no
  /// longer than the longest of these times. A callee that took longer was called from outside:
  /// certainly, if it was called once. It is one that leads back into the circle and was never
  /// called again while it ran, such as the script that `exec` runs; without one, the
  /// function's recursion is its own business, and is folded.
  mutating func separateOutermostCalls() {
    for _ in 0..<Self.mostRounds {
      let order = order
      // One function of each circle: without it, all others can still be reached.
      var found: [Int32: OutermostCalls] = [:]
      for calls in functions.compactMap({ outermostCalls(of: $0, order) })
      where calls.time ?? 0 > found[calls.component]?.time ?? -1 {
        found[calls.component] = calls
      }
      guard !found.isEmpty else { return }
      separate(found.values.sorted { $0.function < $1.function }, order)
    }
  }

  private func outermostCalls(of function: Int32, _ order: CallOrder) -> OutermostCalls? {
    let component = order.component[Int(function)]
    let edges = incoming[calls(to: function)]
    let inside = edges.filter { order.component[Int($0.caller)] == component }
    guard !inside.isEmpty, inside.count < edges.count else { return nil }
    let outside = edges.filter { order.component[Int($0.caller)] != component }
    var calls = OutermostCalls(
      function: function,
      component: component,
      longestCallBack: inside.reduce(0) { max($0, $1.measuredTime ?? .infinity) },
      time: outside.sum { $0.measuredTime } ?? cumulativeTime(of: function)
    )
    guard leadsBack(calls, order) else { return nil }
    let own = outgoing[self.calls(from: function)].filter { calls.includes($0) }
    calls.certainTime = own.filter { $0.callCount == 1 }.sum { $0.measuredTime } ?? 0
    return calls
  }

  private func leadsBack(_ calls: OutermostCalls, _ order: CallOrder) -> Bool {
    outgoing[self.calls(from: calls.function)].contains { edge in
      calls.includes(edge) && order.component[Int(edge.callee)] == calls.component
        && !table.isReentered[Int(origins[Int(edge.callee)])]
    }
  }

  private mutating func separate(_ found: [OutermostCalls], _ order: CallOrder) {
    var edges = incoming
    let numbers = Dictionary(uniqueKeysWithValues: found.map { ($0.function, $0) })
    let new = found.reduce(into: [:]) { $0[$1.function] = addFunction(like: $1.function) }
    for index in edges.indices {
      let edge = edges[index]
      if let calls = numbers[edge.callee], order.component[Int(edge.caller)] != calls.component {
        edges[index].callee = new[edge.callee] ?? edge.callee
      }
      guard let calls = numbers[edge.caller] else { continue }
      if calls.includes(edge) { edges[index].caller = new[edge.caller] ?? edge.caller }
      if !calls.isCertain(edge) { edges[index].isCertain = false }
    }
    connect(edges)
  }
}

/// The calls that a function got from outside its circle, and what it called then.
private struct OutermostCalls {
  var function: Int32
  var component: Int32
  /// What the function called that took longer than this was called by its outermost calls.
  var longestCallBack: Double
  /// What the outermost calls took, at most; nil where nothing is known.
  var time: Double?
  /// What their callees took that are certainly theirs.
  var certainTime = 0.0

  /// Whether calls of the function are its outermost ones.
  func includes(_ edge: CallGraph.Edge) -> Bool {
    edge.callee != function && edge.measuredTime ?? 0 > longestCallBack
  }

  /// Whether there is no doubt on which side the calls of the function are: a single call that was
  /// too long for a call back, or one for which the outermost calls have no time left.
  func isCertain(_ edge: CallGraph.Edge) -> Bool {
    guard edge.callCount == 1, let measured = edge.measuredTime else { return false }
    return includes(edge) || measured > (time ?? .infinity) - certainTime
  }
}

extension Sequence<CallGraph.Edge> {
  /// The sum of times; nil where one is unknown.
  fileprivate func sum(_ time: (CallGraph.Edge) -> Double?) -> Double? {
    reduce(0) { sum, edge in sum.flatMap { sum in time(edge).map { sum + $0 } } }
  }
}
