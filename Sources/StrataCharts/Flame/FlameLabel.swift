// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// What a frame says: its name, and its details when the pointer rests on it.
struct FlameLabel {
  let node: CallTree.Node
  /// Nanoseconds of the whole profile.
  let total: Int64

  init(_ node: CallTree.Node, total: Int64) {
    self.node = node
    self.total = total
  }

  /// `get_close_matches · difflib.py:650`, `{builtins.len}`, or `everything`.
  ///
  /// The script of the picture makes the same of the first line of the details.
  var name: String {
    guard let function = node.function else {
      return "everything · \(Quantity(Double(total), unit: .nanoseconds))"
    }
    guard !function.isBuiltin else {
      let text = function.description
      let prefix = "{built-in method "
      return (text.hasPrefix(prefix) ? "{" + text.dropFirst(prefix.count) : text).printable
    }
    let file = function.file.bytes.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
    let base = String(decoding: file.last ?? [], as: UTF8.self)
    return "\(function.name) · \(base):\(function.line)".printable
  }

  /// The function in full, its times, and whether they are exact, line by line.
  var details: String {
    let cumulative = "cumulative \(time(node.cumulativeTime.count))"
    guard let function = node.function else { return "everything\n\(cumulative)" }
    var lines = [
      function.description.printable,
      "\(cumulative), \(precision)",
      "self \(time(node.selfTime.count)), \(calls), \(node.isSelfTimeExact ? "exact" : "apportioned")",
    ]
    if node.isRecursive { lines.append("calls back from further down are counted here") }
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
    return "while the dump says \(Quantity(Double(measured.count), unit: .nanoseconds))"
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
