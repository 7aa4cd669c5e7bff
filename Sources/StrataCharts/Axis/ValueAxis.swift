// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The axis of the values: from 0 in steps that a person would choose, 1, 2 or 5 times ten.
struct ValueAxis: Hashable {
  /// The distance between two ticks.
  let step: Double
  /// How many steps there are; at least one.
  let stepCount: Int
  private let scale: QuantityScale

  /// The axis up to the first tick that the largest value does not pass.
  init(maximum: Double, mostSteps: Int, unit: Metric.Unit) {
    let maximum = maximum.isFinite && maximum > 0 ? maximum : 1
    let step = Self.step(reaching: maximum, in: max(1, mostSteps), unit: unit)
    self.step = step
    // An error of division does not add a step.
    let count = (maximum / step * 0.999_999_999).rounded(.up)
    stepCount = max(1, min(max(1, mostSteps), Int(exactly: count) ?? 1))
    scale = .fitting(step * Double(stepCount), unit: unit)
  }

  /// The value at the upper end.
  var maximum: Double { step * Double(stepCount) }

  /// Values and labels, from 0 up; all labels have the same unit.
  var ticks: [(value: Double, label: String)] {
    (0...stepCount).map { (step * Double($0), label(of: $0)) }
  }

  private func label(of index: Int) -> String {
    guard index > 0 else { return "0" }
    let decimals = max(0, -(step / scale.divisor * 1.000001).decimalExponent)
    return scale.text(step * Double(index), decimals: decimals)
  }

  /// The smallest good step that reaches the maximum in no more than `count` steps.
  private static func step(reaching maximum: Double, in count: Int, unit: Metric.Unit) -> Double {
    let least = maximum / Double(count)
    let power = Double.powerOfTen(least.decimalExponent)
    // A hair more than `least`, so that an error of division does not choose the next step.
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 * 1.000_000_001 >= least } ?? least
    // There is no half call: an axis of counts begins with 1, except for averages below it.
    return unit.isOfWholeNumbers && maximum >= 1 ? max(1, step) : step
  }
}

extension Metric.Unit {
  fileprivate var isOfWholeNumbers: Bool { quantity == .count && divisor == nil }
}
