// SPDX-License-Identifier: Apache-2.0

/// The flows of the whole graph and of the circles in it, made as the tree comes to them.
struct CallFlows {
  /// What a flow covers: a part of another flow, entered through a function.
  private struct Key: Hashable {
    var outer: Int
    var component: Int32
    var header: Int32
  }

  private let graph: CallGraph
  private let options: CallTree.Options
  private var flows: [CallFlow] = []
  private var numbers: [Key: Int?] = [:]
  private var order: CallOrder
  /// Functions and edges that were put into order.
  ///
  /// A circle of thousands of functions that is
  /// entered at hundreds of places would take minutes, were this not bounded.
  private var work = 0

  /// Creates the flow of a whole graph.
  init(_ graph: CallGraph, _ options: CallTree.Options) {
    self.graph = graph
    self.options = options
    order = CallOrder(functionCount: graph.origins.count)
    let functions = Array(graph.functions)
    let timesOut = functions.map { _ in 0.0 }
    add(functions, enteredFrom: CallGraph.root, timesOut: timesOut, outer: nil)
    work = 0
  }

  subscript(number: Int) -> CallFlow { flows[number] }

  /// The flow in which the calls from a function in a flow to another function take place,
  /// with the position of the callee in it; nil where the callee is in the tree above.
  func place(
    of callee: Int32,
    calledBy caller: Int32,
    in number: Int
  ) -> (flow: Int, position: Int)? {
    var number: Int? = number
    while let next = number {
      if callee == flows[next].header { return nil }
      if let position = flows[next].position(of: callee) {
        let above = flows[next].position(of: caller).map { flows[next].members[$0].component }
        let isBelow = flows[next].members[position].component < above ?? .max
        return isBelow ? (next, position) : nil
      }
      number = flows[next].outer
    }
    return nil
  }

  /// The flow that a function is in after its component in a flow was entered through it; nil
  /// where that is too much work.
  mutating func flow(of header: Int32, at position: Int, in number: Int) -> Int? {
    let component = flows[number].members[position].component
    guard flows[number].components[Int(component)].functions > 1 else { return number }
    let key = Key(outer: number, component: component, header: header)
    if let known = numbers[key] { return known }
    let new = work < options.orderingWork ? part(component, enteredFrom: header, of: number) : nil
    numbers[key] = .some(new)
    return new
  }

  private mutating func part(
    _ component: Int32,
    enteredFrom header: Int32,
    of number: Int
  ) -> Int {
    let flow = flows[number]
    let rest = flow.functions.indices.filter {
      flow.members[$0].component == component && flow.functions[$0] != header
    }
    return add(
      rest.map { flow.functions[$0] },
      enteredFrom: header,
      timesOut: rest.map { flow.members[$0].timeOut },
      outer: number
    )
  }

  @discardableResult
  private mutating func add(
    _ functions: [Int32],
    enteredFrom header: Int32,
    timesOut: [Double],
    outer: Int?
  ) -> Int {
    let isCutOpen = outer != nil && work >= options.unfoldingWork
    order.sort(functions, enteredFrom: header, isAcyclic: isCutOpen, in: graph)
    let flow = CallFlow(
      functions,
      enteredFrom: header,
      timesOut: timesOut,
      outer: outer,
      isCutOpen: isCutOpen,
      order: order,
      in: graph
    )
    work += functions.reduce(functions.count) { $0 + graph.positions(ofCallsFrom: $1).count }
    flows.append(flow)
    return flows.count - 1
  }
}
