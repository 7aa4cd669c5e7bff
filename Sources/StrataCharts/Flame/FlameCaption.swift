// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The words around a flame graph: what is shown, of what, and what to be careful about.
struct FlameCaption {
  /// `Where 3.86 s went: callers above, callees below`.
  let headline: String
  /// Of what: `app.prof · traced, wall clock`.
  let details: String
  /// Why some frames are faint.
  let apportioned: String
  /// Sentences that keep a reader from false conclusions.
  let notes: [String]

  init(_ tree: CallTree, _ options: FlameGraph.Options) {
    let time = Quantity(Double(tree.totalTime.count), unit: .nanoseconds)
    headline = (options.title ?? "Where \(time) went: callers above, callees below").printable
    details = Self.details(tree, options, time).printable
    apportioned = "apportioned by \(tree.basis.words)"
    notes = Self.notes(on: tree, options, time).map(\.printable)
  }

  private static func details(
    _ tree: CallTree,
    _ options: FlameGraph.Options,
    _ time: Quantity
  ) -> String {
    var parts: [String] = []
    if let subtitle = options.subtitle, !subtitle.isEmpty { parts.append(subtitle) }
    if options.title != nil { parts.append("\(time)") }
    if let kind = options.kind { parts.append(kind.rawValue) }
    if let clock = options.clock { parts.append("\(clock.rawValue) clock") }
    return parts.joined(separator: " · ")
  }

  private static func notes(
    on tree: CallTree,
    _ options: FlameGraph.Options,
    _ time: Quantity
  ) -> [String] {
    guard tree.totalTime.count > 0 else {
      return tree.negativeTime.count < 0 ? [negativeTimes(tree)] : []
    }
    var notes = [
      """
      A dump records the callers of each function, not stacks. Full colour, bold: the dump records \
      this time for exactly this place. Faint: a function further up was called in several places; \
      what it called is divided among them in proportion to \(tree.basis.proportion).
      """,
      """
      Widths add up: below a frame are the functions that it called, what is not drawn, and empty \
      space for its own time; together they are the \(time) of the profile. Colours are modules; \
      built-ins are grey.
      """,
    ]
    if tree.nodes.contains(where: { $0.isMeasured && !$0.isCumulativeTimeExact }) {
      notes.append(
        """
        The times in the dump do not quite add up, perhaps because cProfile lost functions with \
        equal names; full colour then means within one per cent of what the dump says.
        """
      )
    }
    if tree.nodes.contains(where: \.isRecursive) {
      notes.append(
        """
        Recursion is folded: calls back to a function further up are counted in its frame, unless \
        their times distinguish them from its outermost calls. Frames in between are narrower as a \
        result.
        """
      )
    }
    if tree.isCutShort {
      notes.append("There are more frames than this graph can show: only the widest are drawn.")
    }
    if options.kind == .sampled { notes.append("All times are estimates from samples.") }
    if tree.negativeTime.count < 0 { notes.append(negativeTimes(tree)) }
    return notes
  }

  private static func negativeTimes(_ tree: CallTree) -> String {
    let time = Quantity(Double(tree.negativeTime.count), unit: .nanoseconds)
    return
      "Some times are negative, \(time) in all, as when a clock is set back; they count as zero."
  }
}

extension CallTree.Basis {
  /// What follows `apportioned by`.
  fileprivate var words: String {
    switch self {
    case .times: "callers' times"
    case .calls: "numbers of calls: the dump has no times for callers"
    case .timesAndCalls: "callers' times, or numbers of calls where there are none"
    }
  }

  /// What time is divided in the proportion of.
  fileprivate var proportion: String {
    switch self {
    case .times: "the time that the calls from each of them took"
    case .calls: "the number of calls from each of them, since this dump has no times for callers"
    case .timesAndCalls:
      "the time that the calls from each of them took, or to their number where it is unknown"
    }
  }
}
