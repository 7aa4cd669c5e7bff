// SPDX-License-Identifier: Apache-2.0

/// Unfolds a graph of calls into a tree, the widest node first.
struct CallTreeBuilder {
  /// A node, and what is needed to unfold it.
  struct Place {
    var node: CallTree.Node
    /// The function's number.
    var function: Int32
    /// The flow that the function stands in; nil where the circle behind it was too much work.
    var flow: Int?
    /// The part of the time below the function that belongs to this node.
    var fraction: Double
    /// Whether the function, and all above it, have their only place in the tree here.
    var isOnlyPlace: Bool
  }

  /// A callee of a node, which may be too narrow to become a node.
  private struct Child {
    var edge: CallGraph.Edge
    var flow: Int
    /// The callee's position in the flow.
    var position: Int
    var selfTime: Double
    var timeBelow: Double
    var time: Double { selfTime + timeBelow }
  }

  /// The nodes so far; ``CallTree/Node/function`` is not set yet.
  private(set) var places: [Place] = []
  /// Whether nodes that are wide enough are missing.
  private(set) var isCutShort = false
  private let graph: CallGraph
  private let options: CallTree.Options
  private let minimumTime: Double
  private var flows: CallFlows
  private var queue = WidestFirst()

  init(_ graph: CallGraph, _ options: CallTree.Options) {
    self.graph = graph
    self.options = options
    minimumTime = max(1, options.minimumShare * Double(graph.totalTime))
    flows = CallFlows(graph, options)
    var root = Place(
      node: CallTree.Node(depth: 0, cumulativeTime: graph.totalTime),
      function: graph.root,
      flow: 0,
      fraction: 1,
      isOnlyPlace: true
    )
    root.node.isCumulativeTimeExact = true
    root.node.isSelfTimeExact = true
    append(root)
  }

  /// Unfolds the tree as far as the options allow.
  mutating func unfold() {
    while let number = queue.removeFirst() {
      let children = children(of: places[number])
      hideOrShow(children, below: number)
    }
  }

  private mutating func append(_ place: Place) {
    queue.insert(places.count, time: place.node.timeBelow)
    places.append(place)
  }

  // MARK: - Children

  /// The callees of a node that do not stand above it, the widest first.
  private func children(of place: Place) -> [Child] {
    guard let flow = place.flow else { return [] }
    var children: [Child] = []
    for edge in graph.callees(of: place.function) {
      guard let callee = flows.place(of: edge.callee, calledBy: place.function, in: flow)
      else { continue }
      let component = flows[callee.flow].component(of: callee.position)
      let child = Child(
        edge: edge,
        flow: callee.flow,
        position: callee.position,
        selfTime: place.fraction * edge.selfTime,
        timeBelow: place.fraction * component.timeBelow(edge)
      )
      if child.time > 0 { children.append(child) }
    }
    return children.sorted {
      ($1.time, $0.edge.callee) < ($0.time, $1.edge.callee)
    }
  }

  /// Makes nodes of the children that are wide enough; what they leave of the time is hidden.
  private mutating func hideOrShow(_ children: [Child], below parent: Int) {
    let (visible, room) = visible(children, below: places[parent].node)
    if visible > room || places[parent].isTooMuchWork(minimumTime) { isCutShort = true }
    let shown = children.prefix(min(visible, room))
    let time = places[parent].node.timeBelow
    guard !children.isEmpty else { return hide(time, of: 0, in: parent) }
    places[parent].node.children = places.count..<places.count + shown.count
    let scale = Double(time) / children.reduce(0) { $0 + $1.time }
    var (end, used) = (0.0, Int64(0))
    for (index, child) in shown.enumerated() {
      end += child.time
      // Ends are rounded, not widths, so that the errors do not add up.
      let next =
        index == children.count - 1 ? time : min(time, Int64((end * scale).rounded()))
      add(child, time: next - used, below: parent)
      used = next
    }
    hide(time - used, of: children.count - shown.count, in: parent)
  }

  /// How many children are wide enough, and how many more nodes there may be.
  private func visible(
    _ children: [Child],
    below parent: CallTree.Node
  ) -> (visible: Int, room: Int) {
    let visible = children.firstIndex { $0.time < minimumTime } ?? children.count
    guard parent.depth < options.maximumDepth else { return (visible, 0) }
    return (visible, max(0, options.maximumNodes - places.count))
  }

  private mutating func hide(_ time: Int64, of functions: Int, in number: Int) {
    let place = places[number]
    if place.flow != nil, functions == 0 {
      // No callee is left to take what rounding left.
      places[number].node.selfTime.count += time
      return
    }
    places[number].node.hiddenTime.count += time
    places[number].node.hiddenFunctions =
      place.flow == nil ? graph.callees(of: place.function).count : functions
  }

  private mutating func add(_ child: Child, time: Int64, below parent: Int) {
    let caller = places[parent]
    let flow = flows[child.flow]
    let component = flow.component(of: child.position)
    let member = flow.members[child.position]
    let fraction = component.timeBelow > 0 ? child.timeBelow / component.timeBelow : 0
    let isOnlyPlace = caller.isOnlyPlace && component.entries == 1 && !flow.isCutOpen
    var node = CallTree.Node(depth: caller.node.depth + 1, cumulativeTime: time)
    let selfTime = (child.selfTime + fraction * member.foldedTime).rounded()
    node.selfTime.count = child.timeBelow > 0 ? min(time, Int64(selfTime)) : time
    node.callCount = caller.fraction * child.edge.callCount + fraction * member.foldedCalls
    node.parent = parent
    node.isRecursive = member.foldedCalls > 0
    node.isCumulativeTimeExact =
      caller.isOnlyPlace && child.flow == 0
      && (measuredTime(of: child.edge)?.agrees(with: child.time) ?? false)
    node.isSelfTimeExact =
      isOnlyPlace
      || (caller.isOnlyPlace && child.flow == 0 && component.functions == 1
        && !node.isRecursive && child.edge.isSelfTimeMeasured)
    let function = child.edge.callee
    append(
      Place(
        node: node,
        function: function,
        flow: flows.flow(of: function, at: child.position, in: child.flow),
        fraction: fraction,
        isOnlyPlace: isOnlyPlace
      )
    )
  }

  /// What the dump says of the time of an edge; of a call that no function made, it is what the
  /// function's callers outside its own circle leave.
  private func measuredTime(of edge: CallGraph.Edge) -> Double? {
    if let time = edge.measuredTime { return time }
    guard edge.caller == graph.root, edge.weight == nil else { return nil }
    let flow = flows[0]
    let component = flow.members[Int(edge.callee)].component
    var time = graph.cumulativeTimes[Int(edge.callee)]
    for other in graph.callers(of: edge.callee) where other.caller != graph.root {
      if flow.members[Int(other.caller)].component != component {
        time -= other.measuredTime ?? .infinity
      }
    }
    return max(0, time)
  }
}

extension CallTreeBuilder.Place {
  /// Whether there is time below, but no flow that says where.
  fileprivate func isTooMuchWork(_ minimumTime: Double) -> Bool {
    flow == nil && Double(node.timeBelow) >= minimumTime
  }

  /// The node with its function.
  func named(in functions: [Function]) -> CallTree.Node {
    guard functions.indices.contains(Int(function)) else { return node }
    var node = node
    node.function = functions[Int(function)]
    return node
  }
}

extension CallTree.Node {
  /// Creates a node that has nothing but its time.
  fileprivate init(depth: Int, cumulativeTime: Int64) {
    self.init(
      function: nil,
      parent: nil,
      depth: depth,
      cumulativeTime: Nanoseconds(cumulativeTime),
      selfTime: Nanoseconds(0),
      callCount: 0,
      hiddenTime: Nanoseconds(0),
      hiddenFunctions: 0,
      children: 0..<0,
      isCumulativeTimeExact: false,
      isSelfTimeExact: false,
      isRecursive: false
    )
  }

  /// Time that is not the function's own.
  fileprivate var timeBelow: Int64 { cumulativeTime.count - selfTime.count }
}
