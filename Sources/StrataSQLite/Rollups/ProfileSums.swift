// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataQuery
import StrataStoreFormat

/// Captures added up, callers included, as a roll-up keeps them.
struct ProfileSums {
  private(set) var functions: RollupAccumulator
  private(set) var edges: RollupAccumulator
  /// The function that each edge leads to, in the order in which the edges were met.
  private var callees: [Int32] = []

  init(functionCount: Int32, edgeCount: Int32) {
    functions = RollupAccumulator(known: functionCount)
    edges = RollupAccumulator(known: edgeCount)
  }

  mutating func reset() {
    functions.reset()
    edges.reset()
    callees.removeAll(keepingCapacity: true)
  }

  /// Whether some sum takes more bits than a roll-up has.
  var hasExcess: Bool { functions.hasExcess || edges.hasExcess }

  mutating func add(_ profile: SummableProfile) {
    functions.add(profile.functions, ids: profile.shape.functions)
    let shape = profile.shape
    let known = edges.count
    edges.add(profile.edges, ids: shape.edges, countOnly: profile.countOnly)
    guard edges.count > known else { return }
    callees += repeatElement(0, count: edges.count - callees.count)
    var next = 0
    for (function, count) in zip(shape.functions, shape.edgeCounts) {
      for _ in 0..<count {
        callees[edges.place(of: shape.edges[next])] = function
        next += 1
      }
    }
  }

  /// The sums by number; `caller` finds where an edge comes from.
  func totals(caller: (Int32) throws -> Int32) rethrows -> ProfileTotals {
    var totals = ProfileTotals()
    totals.rows = functions.ids.enumerated().map { place, id in
      ProfileTotals.Row(function: FunctionID(id), figures: functions.totals(at: place))
    }
    totals.edges = try edges.ids.enumerated().map { place, id in
      ProfileTotals.Edge(
        caller: FunctionID(try caller(id)),
        callee: FunctionID(callees[place]),
        figures: edges.totals(at: place),
        isCountOnly: edges.isCountOnly[place]
      )
    }
    return totals
  }

  /// The sums in order of their numbers, the edges of each function side by side; there must be no
  /// excess.
  func ordered() -> SummableProfile {
    let order = functions.ids.indices.sorted { functions.ids[$0] < functions.ids[$1] }
    var profile = SummableProfile()
    profile.shape.functions = order.map { functions.ids[$0] }
    profile.functions = functions.figures(at: order)
    // Callees are numbers of functions, so sorting by both parts groups edges in their order.
    let keys = edges.ids.indices.map { index in
      (
        key: UInt64(UInt32(bitPattern: callees[index])) << 32 | UInt64(UInt32(edges.ids[index])),
        index
      )
    }
    let edgeOrder = keys.sorted { $0.key < $1.key }.map(\.1)
    profile.shape.edges = edgeOrder.map { edges.ids[$0] }
    profile.edges = edges.figures(at: edgeOrder)
    if edges.isCountOnly.contains(true) {
      profile.countOnly = edgeOrder.map { edges.isCountOnly[$0] ? 1 : 0 }
    }
    var counts = [Int64](repeating: 0, count: order.count)
    var function = 0
    for edge in edgeOrder {
      while function < order.count - 1, profile.shape.functions[function] != callees[edge] {
        function += 1
      }
      counts[function] += 1
    }
    profile.shape.edgeCounts = counts
    return profile
  }
}

#endif
