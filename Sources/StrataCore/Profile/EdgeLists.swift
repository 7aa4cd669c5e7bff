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
  private struct Place: Hashable {
    /// The first edge of the list: it names the list.
    var list: Int32
    var caller: Int32
  }

  /// How long a list is searched from end to end; longer ones (a built-in may have thousands of
  /// callers) have their edges in a dictionary.
  private static let searchedLength: Int32 = 8

  private var edges: [StatsProfile.Edge] = []
  /// The edge after each one in its list; -1 after the last.
  private var next: [Int32] = []
  private var places: [Place: Int32] = [:]

  /// The number of edges in all lists.
  var count: Int { edges.count }

  /// Adds edges to a list, new callers at its end.
  ///
  /// Profiles of one program name callers in much the same order, so the next edge of the list is
  /// tried before any search.
  mutating func add(_ added: some Sequence<StatsProfile.Edge>, to list: inout EdgeList) {
    var expected = list.first
    for edge in added {
      if expected >= 0, edges[Int(expected)].caller == edge.caller {
        edges[Int(expected)].figures.add(edge.figures)
        expected = next[Int(expected)]
      } else if let known = find(edge.caller, in: list) {
        edges[Int(known)].figures.add(edge.figures)
        expected = next[Int(known)]
      } else {
        append(edge, to: &list)
        expected = -1
      }
    }
  }

  /// Appends the edges of a list to an array.
  func append(_ list: EdgeList, to array: inout [StatsProfile.Edge]) {
    var index = list.first
    while index >= 0 {
      array.append(edges[Int(index)])
      index = next[Int(index)]
    }
  }

  private func find(_ caller: Int32, in list: EdgeList) -> Int32? {
    guard list.count <= Self.searchedLength else {
      return places[Place(list: list.first, caller: caller)]
    }
    var index = list.first
    while index >= 0, edges[Int(index)].caller != caller { index = next[Int(index)] }
    return index < 0 ? nil : index
  }

  private mutating func append(_ edge: StatsProfile.Edge, to list: inout EdgeList) {
    let new = Int32(edges.count)
    edges.append(edge)
    next.append(-1)
    if list.last >= 0 { next[Int(list.last)] = new } else { list.first = new }
    list.last = new
    list.count += 1
    if list.count == Self.searchedLength + 1 {
      rememberPlaces(of: list)
    } else if list.count > Self.searchedLength {
      places[Place(list: list.first, caller: edge.caller)] = new
    }
  }

  private mutating func rememberPlaces(of list: EdgeList) {
    var index = list.first
    while index >= 0 {
      places[Place(list: list.first, caller: edges[Int(index)].caller)] = index
      index = next[Int(index)]
    }
  }
}
