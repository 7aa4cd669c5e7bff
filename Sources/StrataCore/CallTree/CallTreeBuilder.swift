// SPDX-License-Identifier: Apache-2.0

/// Unfolds a graph of calls into a tree, the widest node first.
struct CallTreeBuilder {
  /// A node, and what is needed to unfold it.
  struct Place {
    var node: CallTree.Node
    /// The function's number.
    var function: Int32
    /// The flow that the function is in; nil where the circle behind it was too much work.
    var flow: Int?
    /// The part of the time below the function that belongs to this node.
    var fraction: Double
    /// Whether the function, and all above it, have their only place in the tree here.
    var isOnlyPlace: Bool
  }

  /// A callee of a node, in its place.
  fileprivate struct Child {
    var edge: CallGraph.Edge
    var flow: Int
    /// The callee's position in the flow.
    var position: Int
    var selfNanoseconds: Double
    var nanosecondsBelow: Double
    var nanoseconds: Double { selfNanoseconds + nanosecondsBelow }
  }

  /// The callees of a node that are not above it.
  private struct Children {
    /// Those that are wide enough, the widest first.
    var wide: [Child] = []
    /// How many there are.
    var count = 0
    /// The time of all of them.
    var nanoseconds = 0.0

    /// The times of the first ones, when all of them have a time together.
    func times(ofFirst shown: Int, outOf whole: Nanoseconds) -> [Nanoseconds] {
      let scale = Double(whole.count) / nanoseconds
      var (end, used) = (0.0, Nanoseconds.zero)
      return wide.prefix(shown).enumerated().map { index, child in
        end += child.nanoseconds
        let isLast = index == count - 1
        // Ends are rounded, not widths, so that the errors do not add up.
        let next = isLast ? whole : min(whole, Nanoseconds(apportioned: end * scale))
        defer { used = next }
        return next - used
      }
    }
  }

  /// The nodes so far; ``CallTree/Node/function`` is not set yet.
  private(set) var places: [Place] = []
  /// Whether nodes that are wide enough are missing.
  private(set) var isCutShort = false
  private let graph: CallGraph
  private let options: CallTree.Options
  private let minimumNanoseconds: Double
  private var flows: CallFlows
  private var queue = WidestFirst()

  init(_ graph: CallGraph, _ options: CallTree.Options) {
    self.graph = graph
    self.options = options
    minimumNanoseconds = max(1, options.minimumShare * Double(graph.table.totalTime.count))
    flows = CallFlows(graph, options)
    var root = Place(
      node: CallTree.Node(depth: 0, cumulativeTime: graph.table.totalTime),
      function: CallGraph.root,
      flow: 0,
      fraction: 1,
      isOnlyPlace: true
    )
    root.node.measuredTime = root.node.cumulativeTime
    root.node.isSelfTimeExact = true
    append(root)
  }

  /// Unfolds the tree as far as the options allow.
  mutating func unfold() {
    while let number = queue.removeFirst() {
      show(children(of: places[number]), below: number)
    }
  }

  private mutating func append(_ place: Place) {
    queue.insert(places.count, time: place.node.timeBelow)
    places.append(place)
  }

  // MARK: - Children

  private func children(of place: Place) -> Children {
    var children = Children()
    guard let flow = place.flow else { return children }
    for edge in graph.calls(from: place.function) {
      guard let callee = flows.place(of: edge.callee, calledBy: place.function, in: flow)
      else { continue }
      let component = flows[callee.flow].component(of: callee.position)
      let child = Child(
        edge: edge,
        flow: callee.flow,
        position: callee.position,
        selfNanoseconds: place.fraction * edge.selfNanoseconds,
        nanosecondsBelow: place.fraction * component.timeBelow(edge)
      )
      guard child.nanoseconds > 0 else { continue }
      children.count += 1
      children.nanoseconds += child.nanoseconds
      if child.nanoseconds >= minimumNanoseconds { children.wide.append(child) }
    }
    children.wide.sort { ($1.nanoseconds, $0.edge.callee) < ($0.nanoseconds, $1.edge.callee) }
    return children
  }

  /// Makes nodes of the children that are wide enough; what they leave of the time is hidden.
  private mutating func show(_ children: Children, below number: Int) {
    let time = places[number].node.timeBelow
    guard places[number].flow != nil else { return hideAll(below: number) }
    // Without callees, what rounding left is the function's own.
    guard children.nanoseconds > 0 else { return places[number].node.selfTime += time }
    let shown = children.wide.prefix(room(below: places[number].node))
    if shown.count < children.wide.count { isCutShort = true }
    places[number].node.children = places.count..<places.count + shown.count
    let times = children.times(ofFirst: shown.count, outOf: time)
    for (child, time) in zip(shown, times) { add(child, time: time, below: number) }
    places[number].node.hiddenTime = time - times.reduce(.zero, +)
    places[number].node.hiddenFunctions = children.count - shown.count
  }

  private func room(below parent: CallTree.Node) -> Int {
    parent.depth < options.maximumDepth ? max(0, options.maximumNodes - places.count) : 0
  }

  private mutating func hideAll(below number: Int) {
    let time = places[number].node.timeBelow
    if Double(time.count) >= minimumNanoseconds { isCutShort = true }
    places[number].node.hiddenTime = time
    places[number].node.hiddenFunctions = graph.calls(from: places[number].function).count
  }

  private mutating func add(_ child: Child, time: Nanoseconds, below parent: Int) {
    let caller = places[parent]
    let flow = flows[child.flow]
    let component = flow.component(of: child.position)
    // Whether the dump's figures of the edge are those of this place.
    let isEdge = caller.isOnlyPlace && child.edge.isCertain && !flow.isCutOpen
    var place = Place(
      node: CallTree.Node(depth: caller.node.depth + 1, cumulativeTime: time),
      function: child.edge.callee,
      flow: flows.flow(of: child.edge.callee, at: child.position, in: child.flow),
      fraction: component.timeBelow > 0 ? child.nanosecondsBelow / component.timeBelow : 0,
      isOnlyPlace: isEdge && component.entries == 1
    )
    place.node.parent = parent
    place.count(child, flow.members[child.position], calls: caller.fraction * child.edge.callCount)
    if isEdge { place.node.measuredTime = measuredTime(of: child.edge) }
    place.node.isSelfTimeExact =
      place.isOnlyPlace
      || (isEdge && !place.node.isRecursive && child.edge.isSelfTimeMeasured)
    append(place)
  }

  /// What the dump says of the time of an edge; of a call that no function made, it is what the
  /// function's callers outside its own circle leave.
  private func measuredTime(of edge: CallGraph.Edge) -> Nanoseconds? {
    if let time = edge.measuredNanoseconds { return Nanoseconds(apportioned: time) }
    guard edge.caller == CallGraph.root, var time = graph.cumulativeNanoseconds(of: edge.callee)
    else { return nil }
    let members = flows[0].members
    let component = members[Int(edge.callee) - 1].component
    for other in graph.calls(to: edge.callee) where other.caller != CallGraph.root {
      guard let measured = other.measuredNanoseconds else { return nil }
      if members[Int(other.caller) - 1].component != component { time -= measured }
    }
    return Nanoseconds(apportioned: time)
  }
}

extension CallTreeBuilder.Place {
  /// Counts the calls that made the node, and those from further down that are folded into it.
  fileprivate mutating func count(
    _ child: CallTreeBuilder.Child,
    _ member: CallFlow.Member,
    calls: Double
  ) {
    let nanoseconds = child.selfNanoseconds + fraction * member.foldedTime
    let whole = node.cumulativeTime
    node.selfTime =
      child.nanosecondsBelow > 0 ? min(whole, Nanoseconds(apportioned: nanoseconds)) : whole
    node.callCount = calls + fraction * member.foldedCalls
    node.isRecursive = member.foldedCalls > 0
  }

  /// The node with its function, whose number in a table is known.
  func named(_ number: Int32, in functions: [Function]) -> CallTree.Node {
    guard functions.indices.contains(Int(number)) else { return node }
    var node = node
    node.function = functions[Int(number)]
    return node
  }
}

extension CallTree.Node {
  /// Creates a node that has nothing but its time.
  fileprivate init(depth: Int, cumulativeTime: Nanoseconds) {
    self.init(
      function: nil,
      parent: nil,
      depth: depth,
      cumulativeTime: cumulativeTime,
      selfTime: .zero,
      callCount: 0,
      hiddenTime: .zero,
      hiddenFunctions: 0,
      children: 0..<0,
      measuredTime: nil,
      isSelfTimeExact: false,
      isRecursive: false
    )
  }

  /// Time that is not the function's own.
  fileprivate var timeBelow: Nanoseconds { cumulativeTime - selfTime }
}

extension Nanoseconds {
  /// The whole nanosecond nearest to a part of a time, from zero to the longest time.
  ///
  /// Parts of parts may become so small that their quotients are NaN: those count as zero.
  fileprivate init(apportioned nanoseconds: Double) {
    let limit = Double(Self.limit)
    self.init(nanoseconds > 0 ? Int64(Swift.min(nanoseconds.rounded(), limit)) : 0)
  }
}
