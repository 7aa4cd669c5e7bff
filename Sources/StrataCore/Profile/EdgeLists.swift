// SPDX-License-Identifier: Apache-2.0

/// The callers of one function, among those of all.
struct EdgeList {
  /// The first and the last edge; -1 without any.
  fileprivate(set) var first: Int32 = -1
  fileprivate(set) var last: Int32 = -1
  fileprivate(set) var count: Int32 = 0
}

/// The callers of many functions while they are added up: lists in one array, each edge once.
struct EdgeLists: Sendable {
  private var edges: [StatsProfile.Edge] = []
  /// The function that each edge leads to.
  private var callees: [Int32] = []
  /// The edge after each one in its list; -1 after the last.
  private var next: [Int32] = []
  /// The edges by both of their ends.
  private var numbers = NumberTable(capacity: 0)
  private let hash = SeededHash()

  /// The number of edges in all lists.
  var count: Int { edges.count }

  /// Adds edges to the list of a function, new callers at its end.
  ///
  /// Profiles of one program name callers in much the same order, so the next edge of the list is
  /// tried before any search.
  mutating func add(
    _ added: some Sequence<StatsProfile.Edge>,
    of callee: Int32,
    to list: inout EdgeList
  ) {
    var expected = list.first
    for edge in added {
      if expected >= 0, edges[Int(expected)].caller == edge.caller {
        edges[Int(expected)].figures.add(edge.figures)
        expected = next[Int(expected)]
      } else {
        expected = add(edge, of: callee, to: &list)
      }
    }
  }

  /// Adds an edge that is searched for, and returns the one after it.
  private mutating func add(
    _ edge: StatsProfile.Edge,
    of callee: Int32,
    to list: inout EdgeList
  ) -> Int32 {
    let ends = hash(UInt64(UInt32(bitPattern: callee)), UInt64(UInt32(bitPattern: edge.caller)))
    let (number, isNew) = numbers.number(hash: ends) {
      edges[Int($0)].caller == edge.caller && callees[Int($0)] == callee
    }
    guard isNew else {
      edges[Int(number)].figures.add(edge.figures)
      return next[Int(number)]
    }
    edges.append(edge)
    callees.append(callee)
    next.append(-1)
    if list.last >= 0 { next[Int(list.last)] = number } else { list.first = number }
    list.last = number
    list.count += 1
    return -1
  }

  /// Appends the edges of a list to an array.
  func append(_ list: EdgeList, to array: inout [StatsProfile.Edge]) {
    var index = list.first
    while index >= 0 {
      array.append(edges[Int(index)])
      index = next[Int(index)]
    }
  }
}
