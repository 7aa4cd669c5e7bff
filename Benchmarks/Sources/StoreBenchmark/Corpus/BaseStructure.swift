// SPDX-License-Identifier: Apache-2.0

/// How the figures of a base profile hang together, so that variations hang together as well.
///
/// In a dump of cProfile the self times of a function's edges add up to that of the function; where there
/// is no recursion, so do the cumulative times, and a cumulative time is the self time and the
/// cumulative times of all that is called.
struct BaseStructure {
  /// What holds of one row.
  struct Rules {
    /// The row's cumulative time is its self time and the cumulative times of the edges that leave it.
    var addsUp = false
    /// What is left of the row's figures when those of its edges are taken away: calls from outside.
    var rest = BaseProfile.Figures()
    /// The row's cumulative time is that of its edges and of the rest.
    var isDivided = false
  }

  /// For each row, the edges that leave it.
  private(set) var calls: [[Int]]
  private(set) var rules: [Rules]
  /// The rows, each after those that it calls, as far as there are no cycles.
  private(set) var order: [Int] = []

  init(_ base: BaseProfile) {
    calls = Array(repeating: [], count: base.rows.count)
    rules = Array(repeating: Rules(), count: base.rows.count)
    for (index, edge) in base.edges.enumerated() { calls[edge.caller].append(index) }
    var callees = Array(repeating: 0, count: base.edges.count)
    for (index, row) in base.rows.enumerated() { for edge in row.edges { callees[edge] = index } }
    sort(callees)
    let places = Self.inverse(order)
    for (index, row) in base.rows.enumerated() {
      let called = calls[index].reduce(0) { $0 + base.edges[$1].figures.cumulative }
      // A cycle has an edge that leads to a row which comes later.
      let isAcyclic = calls[index].allSatisfy { places[callees[$0]] < places[index] }
      rules[index].addsUp = isAcyclic && row.figures.below == called
      rules[index].rest = Self.rest(row, base)
      let rest = rules[index].rest
      rules[index].isDivided =
        rest.below >= 0 && rest.selfTime >= 0 && rest.calls >= 0
        && row.figures.calls == row.figures.primitives
    }
  }

  private static func rest(_ row: BaseProfile.Row, _ base: BaseProfile) -> BaseProfile.Figures {
    var rest = row.figures
    for edge in base.edges[row.edges] {
      rest.calls -= edge.figures.calls
      rest.primitives -= edge.figures.primitives
      rest.selfTime -= edge.figures.selfTime
      rest.cumulative -= edge.figures.cumulative
    }
    return rest
  }

  /// Depth first, without recursion: call graphs of real programs are deep.
  private mutating func sort(_ callees: [Int]) {
    var seen = Array(repeating: false, count: calls.count)
    for root in calls.indices where !seen[root] {
      seen[root] = true
      var path = [(row: root, next: 0)]
      while let (row, next) = path.last {
        guard next < calls[row].count else {
          order.append(row)
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let callee = callees[calls[row][next]]
        guard !seen[callee] else { continue }
        seen[callee] = true
        path.append((callee, 0))
      }
    }
  }

  private static func inverse(_ order: [Int]) -> [Int] {
    var places = Array(repeating: 0, count: order.count)
    for (place, row) in order.enumerated() { places[row] = place }
    return places
  }
}
