// SPDX-License-Identifier: Apache-2.0

// A program is mostly started by a function that it calls again and again: `exec` runs the script,
// and the script imports modules, which `exec` runs. Folded, all modules would be siblings of the
// script that imported them, and the script would look short.

extension CallGraph {
  /// How often functions are separated; each time circles become smaller.
  private static let mostRounds = 32

  /// Makes two functions of one that is called from outside its circle and back from inside it,
  /// where the times show which callees belong to the calls from outside.
  ///
  /// A call back is within one of the calls that the dump counts for its caller, so it is no
  /// longer than the longest of these times, and all calls back are no longer than their sum. Callees
  /// that took longer were called from outside: certainly, if they were called once. One of them
  /// must lead back into the circle and never have run twice at a time, such as the script that
  /// `exec` runs; without it, the function's recursion is its own business, and is folded.
  mutating func separateOutermostCalls() {
    for _ in 0..<Self.mostRounds {
      let order = order
      // One function of each circle: without it, all others can still be reached.
      var found: [Int32: OutermostCalls] = [:]
      for calls in functions.compactMap({ outermostCalls(of: $0, order) })
      where calls.time > found[calls.component]?.time ?? -1 {
        found[calls.component] = calls
      }
      guard !found.isEmpty else { return }
      separate(found.values.sorted { $0.function < $1.function }, order)
    }
  }

  private func outermostCalls(of function: Int32, _ order: CallOrder) -> OutermostCalls? {
    let component = order.component[Int(function)]
    let edges = calls(to: function)
    let inside = edges.filter { order.component[Int($0.caller)] == component }
    guard !inside.isEmpty, inside.count < edges.count else { return nil }
    let outside = edges.filter { order.component[Int($0.caller)] != component }
    guard let callsBack = inside.times,
      let time = outside.times?.sum ?? cumulativeNanoseconds(of: function)
    else { return nil }
    var calls = OutermostCalls(function: function, component: component, time: time)
    for edge in self.calls(from: function) where edge.callee != function {
      calls.take(edge, ifLongerThan: edge.callCount > 1 ? callsBack.sum : callsBack.longest)
    }
    return leadsBack(calls, order) ? calls : nil
  }

  private func leadsBack(_ calls: OutermostCalls, _ order: CallOrder) -> Bool {
    calls.callees.contains { callee in
      order.component[Int(callee)] == calls.component
        && !table.isReentered[Int(origins[Int(callee)])]
    }
  }

  private mutating func separate(_ found: [OutermostCalls], _ order: CallOrder) {
    let calls = Dictionary(uniqueKeysWithValues: found.map { ($0.function, $0) })
    let new = found.reduce(into: [:]) { $0[$1.function] = addFunction(like: $1.function) }
    changeEdges { edge in
      let (caller, callee) = (edge.caller, edge.callee)
      if let calls = calls[callee], order.component[Int(caller)] != calls.component {
        edge.callee = new[callee] ?? callee
      }
      guard let calls = calls[caller] else { return }
      let isOutermost = calls.callees.contains(callee)
      if isOutermost { edge.caller = new[caller] ?? caller }
      if !calls.isCertain(edge, isOutermost: isOutermost) { edge.isCertain = false }
    }
  }
}

/// The calls that a function got from outside its circle, and what it called then.
private struct OutermostCalls {
  var function: Int32
  var component: Int32
  /// What the calls took, at most.
  var time: Double
  /// What was called then.
  var callees: Set<Int32> = []
  private var timeOfCallees = 0.0
  private var certainTime = 0.0

  init(function: Int32, component: Int32, time: Double) {
    self.function = function
    self.component = component
    self.time = time
  }

  /// Counts a callee that took longer than the calls back, as far as there is time for it; the
  /// heaviest come first.
  mutating func take(_ edge: CallGraph.Edge, ifLongerThan callsBack: Double) {
    guard let measured = edge.measuredNanoseconds, measured > callsBack else { return }
    guard timeOfCallees + measured <= time * (1 + 1e-6) + 10 else { return }
    timeOfCallees += measured
    if edge.callCount == 1 { certainTime += measured }
    callees.insert(edge.callee)
  }

  /// Whether there is no doubt on which side the calls of the function are: a single call that was
  /// too long for a call back, or one for which the outermost calls have no time left.
  func isCertain(_ edge: CallGraph.Edge, isOutermost: Bool) -> Bool {
    guard edge.callCount == 1, let measured = edge.measuredNanoseconds else { return false }
    return isOutermost || measured > time - certainTime
  }
}

extension Collection<CallGraph.Edge> {
  /// The sum of the times and the longest one; nil where one is unknown.
  fileprivate var times: (sum: Double, longest: Double)? {
    var (sum, longest) = (0.0, 0.0)
    for edge in self {
      guard let time = edge.measuredNanoseconds else { return nil }
      sum += time
      longest = Swift.max(longest, time)
    }
    return (sum, longest)
  }
}
