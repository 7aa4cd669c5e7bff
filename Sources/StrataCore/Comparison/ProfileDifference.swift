// SPDX-License-Identifier: Apache-2.0

/// What changed between two sides of a comparison: for a function, for several, or for all.
///
/// Differences add up: those of all functions are that of the total, exactly.
public struct ProfileDifference: Hashable, Sendable {
  /// What the captures before took in all.
  public private(set) var before: FunctionTotals
  /// What the captures after took in all.
  public private(set) var after: FunctionTotals
  private var scale: CaptureScale
  /// The change of self time over so many captures as ``CaptureScale/divisor`` says.
  private var split: ChangeSplit

  /// A figure on both sides, and its change.
  public struct Figure: Hashable, Sendable {
    /// The value before; nil where it is undefined (per call without calls).
    public var before: MetricValue?
    /// The value after.
    public var after: MetricValue?
    /// The value after less that before; nil where one of them is undefined.
    public var change: MetricChange? {
      guard let before, let after else { return nil }
      return MetricChange(from: before, to: after)
    }
  }

  /// No captures, no change.
  init(scale: CaptureScale) {
    self.init(before: .zero, after: .zero, scale: scale)
  }

  /// The change of one function.
  init(before: FunctionTotals, after: FunctionTotals, scale: CaptureScale) {
    self.before = before
    self.after = after
    self.scale = scale
    split = ChangeSplit(
      from: .init(
        selfTime: before.selfTime * scale.before,
        calls: before.callCount * scale.before,
        captures: 1
      ),
      to: .init(
        selfTime: after.selfTime * scale.after,
        calls: after.callCount * scale.after,
        captures: 1
      )
    )
  }

  /// Adds the change of other functions; the causes are added, not recomputed from the sums.
  mutating func add(_ other: ProfileDifference) {
    before.add(other.before)
    after.add(other.after)
    split.moreCalls += other.split.moreCalls
    split.slowerCalls += other.split.slowerCalls
  }

  // MARK: - Figures

  /// All calls.
  public var callCount: Figure { sum(\.callCount) }

  /// Calls that were not made through recursion.
  public var primitiveCallCount: Figure { sum(\.primitiveCallCount) }

  /// Nanoseconds in the functions themselves.
  public var selfTime: Figure { sum(\.selfTime.count) }

  /// Nanoseconds in a function and all that it calls; no sum of several functions.
  public var cumulativeTime: Figure { sum(\.cumulativeTime.count) }

  /// Nanoseconds in the function itself for each call.
  public var selfTimePerCall: Figure {
    Figure(before: before.selfTimePerCall, after: after.selfTimePerCall)
  }

  /// Nanoseconds in the function and all that it calls, for each call that is no recursion.
  public var cumulativeTimePerCall: Figure {
    Figure(before: before.cumulativeTimePerCall, after: after.cumulativeTimePerCall)
  }

  /// What the different number of calls explains of the change of self time, in nanoseconds.
  public var moreCalls: MetricValue { scale.value(split.moreCalls.count) }

  /// What the different time per call explains of the change of self time, in nanoseconds.
  public var slowerCalls: MetricValue { scale.value(split.slowerCalls.count) }

  private func sum(_ figure: KeyPath<FunctionTotals, Int128>) -> Figure {
    Figure(
      before: scale.value(before[keyPath: figure] * scale.before),
      after: scale.value(after[keyPath: figure] * scale.after)
    )
  }
}

/// How two sides with different numbers of captures become comparable, in whole numbers.
///
/// Per capture, one part is a nanosecond (or call) divided by the least common multiple of both
/// numbers of captures: so no figure is rounded, and sums of changes stay exact.
struct CaptureScale: Hashable, Sendable {
  /// The parts in a unit of the before side.
  var before: Int128 = 1
  /// The parts in a unit of the after side.
  var after: Int128 = 1
  /// The parts in a unit that is shown.
  var divisor: Int128 = 1

  /// Sums without a divisor.
  static let sums = CaptureScale()

  private init() {}

  /// Figures per capture; a side without captures has no figures to divide.
  init(perCaptureOf beforeCaptures: Int, and afterCaptures: Int) {
    let (beforeCount, afterCount) = (Int128(max(1, beforeCaptures)), Int128(max(1, afterCaptures)))
    var (divisor, rest) = (beforeCount, afterCount)
    while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    self.divisor = beforeCount / divisor * afterCount
    before = self.divisor / beforeCount
    after = self.divisor / afterCount
  }

  /// A number of parts as a value.
  func value(_ parts: Int128) -> MetricValue {
    var value = MetricValue(parts)
    value.divisor = divisor
    return value
  }
}
