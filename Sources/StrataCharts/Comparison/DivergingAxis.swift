// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The axis of changes: from one end of the bars to the other, with ticks at 1, 2 or 5 times ten on
/// both sides of zero.
struct DivergingAxis {
  /// The value at the left end; not positive.
  let minimum: Double
  /// The value at the right end; not negative.
  let maximum: Double
  /// Values and labels with their signs, from the left; zero is among them.
  let ticks: [(value: Double, label: String)]

  /// The axis over both ends of the bars, in at most so many steps and at least one.
  init(from low: Double, through high: Double, mostSteps: Int) {
    minimum = min(0, low.isFinite ? low : 0)
    maximum = max(0, high.isFinite ? high : 0)
    let larger = max(-minimum, maximum)
    guard larger > 0 else {
      ticks = [(0, "0")]
      return
    }
    // Steps are at most 2.5 times too wide: of three, one is inside.
    let share = larger / (maximum - minimum)
    let steps = max(3, Int(Double(mostSteps) * share))
    let axis = ValueAxis(maximum: larger, mostSteps: steps, unit: .nanoseconds)
    let labels = axis.ticks.map(\.label)
    func count(_ reach: Double) -> Int { min(axis.stepCount, Int(reach / axis.step * 1.000_000_1)) }
    ticks = (-count(-minimum)...count(maximum)).map { index in
      let sign = index < 0 ? "-" : index > 0 ? "+" : ""
      return (axis.step * Double(index), sign + labels[abs(index)])
    }
  }
}
