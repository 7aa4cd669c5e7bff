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
  /// Lists up to this length are searched from their start: nearly all, and their edges lie together.
  private static let shortLength = 8

  private var edges: [StatsProfile.Edge] = []
  /// The edge after each one in its list; -1 after the last.
  private var next: [Int32] = []
  /// The edges of longer lists by both of their ends, and what each number there means.
  private var numbers = HashIndex(capacity: 0)
  private var numbered: [(edge: Int32, callee: Int32)] = []
  private let hash = SeededHash()

  /// The number of edges in all lists.
  var count: Int { edges.count }

  /// Adds an edge to the list of a function, at its end if the caller is new there, and returns
  /// the one after it.
  ///
  /// Profiles of one program name callers in much the same order, so the edge that is `expected`
  /// is tried before any search: the first of the list, then what the last call returned.
  @inline(__always)
  mutating func add(
    _ edge: StatsProfile.Edge,
    of callee: Int32,
    to list: inout EdgeList,
    expected: Int32,
    _ sums: inout CountCarry
  ) -> Int32 {
    guard expected >= 0, edges[Int(expected)].caller == edge.caller else {
      return search(edge, of: callee, in: &list, &sums)
    }
    edges[Int(expected)].add(edge, &sums)
    return next[Int(expected)]
  }

  private mutating func search(
    _ edge: StatsProfile.Edge,
    of callee: Int32,
    in list: inout EdgeList,
    _ sums: inout CountCarry
  ) -> Int32 {
    let known =
      list.count <= Self.shortLength
      ? firstEdge(from: edge.caller, in: list) : number(Int32(edges.count), edge.caller, callee)
    if known >= 0, known < edges.count {
      edges[Int(known)].add(edge, &sums)
      return next[Int(known)]
    }
    append(edge, of: callee, to: &list, &sums)
    return -1
  }

  /// The edge of a list that comes from a caller; -1 without one.
  private func firstEdge(from caller: Int32, in list: EdgeList) -> Int32 {
    var index = list.first
    while index >= 0, edges[Int(index)].caller != caller { index = next[Int(index)] }
    return index
  }

  /// The edge of a longer list by its ends, or `new`, which they are known to lead to from now on.
  private mutating func number(_ new: Int32, _ caller: Int32, _ callee: Int32) -> Int32 {
    let ends = hash(UInt64(UInt32(bitPattern: callee)), UInt64(UInt32(bitPattern: caller)))
    let (number, isNew) = numbers.number(hash: ends) {
      let known = numbered[Int($0)]
      return known.callee == callee && edges[Int(known.edge)].caller == caller
    }
    if isNew { numbered.append((new, callee)) }
    return numbered[Int(number)].edge
  }

  private mutating func append(
    _ edge: StatsProfile.Edge,
    of callee: Int32,
    to list: inout EdgeList,
    _ sums: inout CountCarry
  ) {
    let index = Int32(edges.count)
    edges.append(edge)
    edges[Int(index)].figures = sums.first(edge.figures)
    next.append(-1)
    if list.last >= 0 { next[Int(list.last)] = index } else { list.first = index }
    list.last = index
    list.count += 1
    guard list.count == Self.shortLength + 1 else { return }
    var member = list.first
    while member >= 0 {
      _ = number(member, edges[Int(member)].caller, callee)
      member = next[Int(member)]
    }
  }

  /// All edges in the order of the lists given, one list after the other; none are left here.
  ///
  /// They change places within their array: a copy would be half of the memory of a
  /// large sum.
  mutating func takeEdges(of lists: some Sequence<EdgeList>) -> [StatsProfile.Edge] {
    var places = next
    var place: Int32 = 0
    for list in lists {
      var index = list.first
      while index >= 0 {
        places[Int(index)] = place
        index = next[Int(index)]
        place += 1
      }
    }
    var edges = edges
    self = EdgeLists()
    for index in edges.indices {
      while places[index] != index {
        let target = Int(places[index])
        edges.swapAt(index, target)
        places.swapAt(index, target)
      }
    }
    return edges
  }
}

extension StatsProfile.Edge {
  /// Adds the figures of the same edge in another capture.
  ///
  /// Where one side knows the count alone, so does the sum: half of a time would be no time.
  /// (CPython raises a `TypeError` there.)
  @inline(__always)
  fileprivate mutating func add(_ other: StatsProfile.Edge, _ sums: inout CountCarry) {
    guard !isCountOnly, !other.isCountOnly else {
      sums.add(other.figures.callCount, to: &figures.callCount)
      self = StatsProfile.Edge(caller: caller, callCount: figures.callCount)
      return
    }
    sums.add(other.figures, to: &figures)
  }
}
