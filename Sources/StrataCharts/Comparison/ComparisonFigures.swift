// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The figures of a difference as texts, the old one and the new one.
struct ComparisonFigures {
  /// A figure of both sides; `–` where a side has none.
  struct Pair: Hashable {
    let old: String
    let new: String

    /// `1.20 ms → 124 ms`.
    var text: String { "\(old) → \(new)" }

    /// The text with both sides as wide as those of a column.
    func padded(old oldWidth: Int, new newWidth: Int) -> String {
      old.paddedLeft(to: oldWidth) + " → " + new.paddedLeft(to: newWidth)
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
    presence == nil ? Pair(old: "–", new: "–") : pair(difference.cumulativeTime, .nanoseconds)
  }

  var calls: Pair { pair(difference.callCount, .calls) }

  var perCall: Pair { pair(difference.selfTimePerCall, .nanoseconds) }

  /// The change of self time with its sign.
  var change: String { Self.signed(difference.selfTime.change?.finite) }

  var moreCalls: String { Self.signed(difference.moreCalls.finite) }

  var slowerCalls: String { Self.signed(difference.slowerCalls.finite) }

  /// How many times the old self time the new one is: `×4.32`.
  var selfTimeFactor: String { Self.factor(difference.selfTime) }

  static func factor(_ figure: ProfileDifference.Figure) -> String {
    guard let old = figure.old?.finite, let new = figure.new?.finite, old > 0, new >= 0 else {
      return "–"
    }
    let factor = new / old
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
      old: presence == .appeared ? "–" : text(figure.old),
      new: presence == .vanished ? "–" : text(figure.new)
    )
  }
}
