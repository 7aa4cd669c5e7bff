// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The figures of a difference as texts, that before and that after.
struct ComparisonFigures {
  /// A figure of both sides; `–` where a side has none.
  struct Pair: Hashable {
    let before: String
    let after: String

    /// `1.20 ms → 124 ms`.
    var text: String { "\(before) → \(after)" }

    /// The text with both sides as wide as those of a column.
    func padded(before beforeWidth: Int, after afterWidth: Int) -> String {
      before.paddedLeft(to: beforeWidth) + " → " + after.paddedLeft(to: afterWidth)
    }
  }

  let difference: ProfileDifference
  var presence: FunctionChange.Presence?

  init(_ row: ComparisonModel.Row) {
    difference = row.difference
    presence = row.presence
  }

  init(total: ProfileDifference) {
    difference = total
  }

  var selfTime: Pair { pair(difference.selfTime, .nanoseconds) }

  /// That of one function; cumulative times of several overlap, so that their sum says nothing.
  var cumulativeTime: Pair {
    presence == nil ? Pair(before: "–", after: "–") : pair(difference.cumulativeTime, .nanoseconds)
  }

  var calls: Pair { pair(difference.callCount, .calls) }

  var perCall: Pair { pair(difference.selfTimePerCall, .nanoseconds) }

  /// The change of self time with its sign.
  var change: String { Self.signed(difference.selfTime.change?.finite) }

  var moreCalls: String { Self.signed(difference.moreCalls.finite) }

  var slowerCalls: String { Self.signed(difference.slowerCalls.finite) }

  /// The self time after divided by that before: `×4.32`.
  var selfTimeFactor: String { Self.factor(difference.selfTime) }

  static func factor(_ figure: ProfileDifference.Figure) -> String {
    guard let before = figure.before?.finite, let after = figure.after?.finite, before > 0,
      after >= 0
    else {
      return "–"
    }
    let factor = after / before
    return "×\(factor.text(decimals: factor < 99.95 ? 2 : 0, grouped: true))"
  }

  static func signed(_ value: Double?, unit: Metric.Unit = .nanoseconds) -> String {
    value.map { Quantity($0, unit: unit).signedDescription } ?? "–"
  }

  private func pair(_ figure: ProfileDifference.Figure, _ unit: Metric.Unit) -> Pair {
    func text(_ value: MetricValue?) -> String {
      Quantity(value, unit: unit)?.description ?? "–"
    }
    return Pair(
      before: presence == .appeared ? "–" : text(figure.before),
      after: presence == .vanished ? "–" : text(figure.after)
    )
  }
}
