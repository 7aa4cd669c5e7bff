// SPDX-License-Identifier: Apache-2.0

package import StrataCore

extension CallTree {
  /// What is wrong with the tree's sums and shape; nil where nothing is.
  package var contradiction: String? {
    for (index, node) in nodes.enumerated() {
      if let contradiction = contradiction(of: node, at: index) {
        return "node \(index), \(node.function.map { "\($0)" } ?? "root"): \(contradiction)"
      }
    }
    let total = nodes.reduce(0) { $0 + $1.selfTime.count + $1.hiddenTime.count }
    return total == totalTime.count ? nil : "self and hidden times add up to \(total)"
  }

  private func contradiction(of node: Node, at index: Int) -> String? {
    let children = nodes[node.children]
    let sum = children.reduce(node.selfTime.count + node.hiddenTime.count) {
      $0 + $1.cumulativeTime.count
    }
    if sum != node.cumulativeTime.count { return "\(sum) of \(node.cumulativeTime.count) ns" }
    if min(node.selfTime.count, node.hiddenTime.count) < 0 { return "a time below zero" }
    if children.contains(where: { $0.parent != index || $0.depth != node.depth + 1 }) {
      return "a child of another parent"
    }
    if !zip(children, children.dropFirst()).allSatisfy({
      $0.cumulativeTime.count >= $1.cumulativeTime.count - 1
    }) {
      return "children out of order"
    }
    let isOwnChild = node.function != nil && children.contains { $0.function == node.function }
    return isOwnChild ? "a child of itself" : nil
  }

  /// The functions from the root's child down to a node.
  package func stack(of index: Int) -> [Function] {
    var functions: [Function] = []
    var next: Int? = index
    while let position = next {
      if let function = nodes[position].function { functions.append(function) }
      next = nodes[position].parent
    }
    return functions.reversed()
  }
}
