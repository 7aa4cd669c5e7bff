// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// What a frame says: its name, and its details when the pointer rests on it.
struct FlameLabel {
  let node: CallTree.Node
  /// Nanoseconds of the whole profile.
  let total: Int64
  let names: FlameNames

  init(_ node: CallTree.Node, total: Int64, _ names: FlameNames) {
    self.node = node
    self.total = total
    self.names = names
  }

  /// `get_close_matches · difflib.py:650`, `{builtins.len}`, or `everything`.
  var name: String {
    node.function.map(names.label)
      ?? "everything · \(Quantity(Double(total), unit: .nanoseconds))"
  }

  /// The function in full, its times, and whether they are exact, line by line.
  var details: String {
    let cumulative = "cumulative \(time(node.cumulativeTime.count))"
    guard let function = node.function else { return "everything\n\(cumulative)" }
    var lines = [
      names.title(of: function),
      "\(cumulative), \(precision)",
      "self \(time(node.selfTime.count)), \(calls), \(node.isSelfTimeExact ? "exact" : "apportioned")",
    ]
    if node.isRecursive { lines.append("includes calls back from further down") }
    return lines.joined(separator: "\n")
  }

  /// `12 functions, not drawn`.
  var hiddenName: String {
    let count = node.hiddenFunctions
    return count == 1 ? "1 function, not drawn" : "\(count.grouped) functions, not drawn"
  }

  /// What is known of the functions that have no frames of their own.
  var hiddenDetails: String {
    "\(hiddenName)\ncumulative \(time(node.hiddenTime.count)), called by \(name)"
  }

  private var precision: String {
    guard let measured = node.measuredTime else { return "apportioned" }
    guard !node.isCumulativeTimeExact else { return "exact" }
    return "the dump says \(Quantity(Double(measured.count), unit: .nanoseconds))"
  }

  private var calls: String {
    let calls = Quantity(node.callCount, unit: .calls)
    return node.callCount == 1 ? "1 call" : "\(calls) calls"
  }

  private func time(_ nanoseconds: Int64) -> String {
    let share = percentage(Double(nanoseconds) / Double(max(1, total)))
    return "\(Quantity(Double(nanoseconds), unit: .nanoseconds)) (\(share))"
  }
}
