// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A number with its unit, written for people: `12.3 ms`, `1,234`, `4.50 M`, `8.5 ns/call`.
public struct Quantity: Hashable, Sendable {
  /// The number, in the unit.
  public var value: Double
  /// What it counts.
  public var unit: Metric.Unit

  /// Creates a quantity.
  public init(_ value: Double, unit: Metric.Unit) {
    self.value = value
    self.unit = unit
  }

  /// Creates a quantity of an exact value; nil where that is undefined.
  public init?(_ value: MetricValue?, unit: Metric.Unit) {
    guard let number = value?.finite else { return nil }
    self.init(number, unit: unit)
  }

  /// Creates a quantity of an exact change; nil where that is undefined.
  public init?(_ change: MetricChange?, unit: Metric.Unit) {
    guard let number = change?.finite else { return nil }
    self.init(number, unit: unit)
  }

  /// The quantity with its sign, as differences are written.
  public var signedDescription: String {
    value > 0 ? "+" + description : description
  }
}

extension Quantity: CustomStringConvertible {
  /// Three digits, in the unit that fits the size.
  public var description: String {
    guard value.isFinite else { return "–" }
    let scale = QuantityScale.fitting(value, unit: unit)
    let decimals = value == 0 ? 0 : scale.decimals(for: value)
    let text = scale.text(value, decimals: decimals)
    return unit.divisor.map { "\(text)/\($0)" } ?? text
  }
}

extension MetricValue {
  /// The value for drawing; nil where it is no number, since a divisor may be set to 0.
  var finite: Double? {
    let number = double
    return number.isFinite ? number : nil
  }
}

extension MetricChange {
  /// The change for drawing; nil where it is not a number.
  var finite: Double? {
    let number = double
    return number.isFinite ? number : nil
  }
}

/// A part of a whole as a percentage: `34.5 %`.
func percentage(_ share: Double?) -> String {
  guard let share, share.isFinite else { return "–" }
  return "\((share * 100).text(decimals: 1)) %"
}
