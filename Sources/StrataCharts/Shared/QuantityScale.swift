// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// A unit that fits the size of a number: milliseconds, microseconds, thousands.
struct QuantityScale: Hashable {
  /// The value that is written as 1.
  let divisor: Double
  /// What follows the number, without a space; may be empty.
  let suffix: String

  private static let times = [
    QuantityScale(divisor: 1, suffix: "ns"), QuantityScale(divisor: 1e3, suffix: "µs"),
    QuantityScale(divisor: 1e6, suffix: "ms"), QuantityScale(divisor: 1e9, suffix: "s"),
  ]
  private static let counts = [
    QuantityScale(divisor: 1, suffix: ""), QuantityScale(divisor: 1e3, suffix: "k"),
    QuantityScale(divisor: 1e6, suffix: "M"), QuantityScale(divisor: 1e9, suffix: "G"),
    QuantityScale(divisor: 1e12, suffix: "T"),
  ]

  /// The scale in which a value has one to three digits before its point, as far as there is one.
  static func fitting(_ value: Double, unit: Metric.Unit) -> QuantityScale {
    let magnitude = value.magnitude
    switch unit.quantity {
    case .time:
      if magnitude == 0 { return times[3] }
      // 999.6 µs would be rounded to 1000 µs, so it is shown as 1.00 ms.
      return times.last { magnitude >= $0.divisor * 0.9995 } ?? times[0]
    case .count:
      // Four digits are as short as 9.99 k, and exact.
      if magnitude < 9_999.5 { return counts[0] }
      return counts.last { magnitude >= $0.divisor * 0.9995 } ?? counts[0]
    }
  }

  /// The number before the suffix, in this scale.
  func number(_ value: Double, decimals: Int) -> String {
    let scaled = value / divisor
    guard scaled.magnitude < 1e15 else { return scaled.exponentText }
    return scaled.text(decimals: decimals, grouped: true)
  }

  /// A number and its unit.
  func text(_ value: Double, decimals: Int) -> String {
    let number = number(value, decimals: decimals)
    return suffix.isEmpty ? number : "\(number) \(suffix)"
  }

  /// The decimals that leave three digits of a value.
  func decimals(for value: Double) -> Int {
    let scaled = (value / divisor).magnitude
    if divisor == 1, scaled == scaled.rounded() { return 0 }
    if scaled < 9.995 { return 2 }
    return scaled < 99.95 ? 1 : 0
  }
}

extension Double {
  /// Three digits and a power of ten, for numbers that no unit makes short.
  fileprivate var exponentText: String {
    guard isFinite else { return "–" }
    let exponent = magnitude.decimalExponent
    return "\((self / .powerOfTen(exponent)).text(decimals: 2))e\(exponent)"
  }
}
