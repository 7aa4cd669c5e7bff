// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// What a comparison says in words: its title, its filter, and what its sides are.
public struct ComparisonLabels: Hashable, Sendable {
  /// The first line; nil lets the chart say what it shows.
  public var title: String?
  /// Which captures of both sides are compared: the filter, the range.
  public var subtitle: String?
  /// What the before side is: a file, a range.
  public var before: String?
  /// What the after side is.
  public var after: String?
  /// What can be done about a warning, in the words of the front end.
  public var advice: [Warning.Code: String]

  /// Creates labels.
  public init(
    title: String? = nil,
    subtitle: String? = nil,
    before: String? = nil,
    after: String? = nil,
    advice: [Warning.Code: String] = [:]
  ) {
    self.title = title
    self.subtitle = subtitle
    self.before = before
    self.after = after
    self.advice = advice
  }
}

/// The words around a comparison.
struct ComparisonCaption {
  /// What is shown: `Change of self time, by function`.
  let headline: String
  /// Of what: `endpoint=search · traced, wall clock`; may be empty.
  let details: String
  /// The sides: `until 09:06 · 163 captures, 09:00:02 to 09:05:58`.
  let sides: [(name: String, text: String)]
  /// Caveats to display with the result.
  let notes: [String]

  init(_ comparison: ProfileComparison, _ labels: ComparisonLabels) {
    let captures = comparison.isPerCapture ? " per capture" : ""
    let grouping = comparison.grouping == .name ? "file and name" : "function"
    headline = (labels.title ?? "Change of self time\(captures), by \(grouping)").printable
    details = Self.details(of: comparison, labels).printable
    sides = [
      ("before", Self.text(of: comparison.before, labels.before).printable),
      ("after", Self.text(of: comparison.after, labels.after).printable),
    ]
    notes = comparison.warnings.map { warning in
      let advice = labels.advice[warning.code].map { "; " + $0 } ?? ""
      return (warning.message + advice).printable
    }
  }

  private static func details(
    of comparison: ProfileComparison,
    _ labels: ComparisonLabels
  ) -> String {
    var parts: [String] = []
    if let subtitle = labels.subtitle, !subtitle.isEmpty { parts.append(subtitle) }
    // A title of one's own does not say what is divided by what.
    if comparison.isPerCapture, labels.title != nil { parts.append("per capture") }
    if let kind = comparison.kind { parts.append(kind.rawValue) }
    if let clock = comparison.clock { parts.append("\(clock.rawValue) clock") }
    return parts.joined(separator: " · ")
  }

  private static func text(of side: ProfileComparison.Side, _ name: String?) -> String {
    let count = side.captures == 1 ? "1 capture" : "\(side.captures.grouped) captures"
    var parts = [name, count].compactMap(\.self).filter { !$0.isEmpty }
    if side.captures > 1, let first = side.first, let last = side.last {
      parts.append("\(first.wholeSecond.iso8601) to \(last.wholeSecond.iso8601)")
    }
    return parts.joined(separator: " · ")
  }
}

extension Timestamp {
  /// The second that the time is in: a caption needs no more.
  fileprivate var wholeSecond: Timestamp {
    let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let start = (quotient - (remainder < 0 ? 1 : 0)).multipliedReportingOverflow(by: 1_000_000_000)
    return start.overflow ? self : Timestamp(nanoseconds: start.partialValue)
  }
}
