// SPDX-License-Identifier: Apache-2.0

/// What changed between two sides of a comparison: for a function, for several, or for all.
///
/// Differences add up: those of all functions are that of the total, exactly.
public struct ProfileDifference: Hashable, Sendable {
  /// What the old captures took in all.
  public private(set) var old: FunctionTotals
  /// What the new captures took in all.
  public private(set) var new: FunctionTotals
  private var scale: CaptureScale
  /// The change of self time, in parts of the scale.
  private var split: ChangeSplit

  /// A figure on both sides, and its change.
  public struct Figure: Hashable, Sendable {
    /// The old value; nil where it is undefined (per call without calls).
    public var old: MetricValue?
    /// The new value.
    public var new: MetricValue?
    /// The new value less the old one; nil where one of them is undefined.
    public var change: MetricChange? {
      guard let old, let new else { return nil }
      return MetricChange(from: old, to: new)
    }
  }

  /// No captures, no change.
  init(scale: CaptureScale) {
    self.init(old: .zero, new: .zero, scale: scale)
  }

  /// The change of one function.
  init(old: FunctionTotals, new: FunctionTotals, scale: CaptureScale) {
    self.old = old
    self.new = new
    self.scale = scale
    split = ChangeSplit(
      from: .init(
        selfTime: old.selfTime * scale.old,
        calls: old.callCount * scale.old,
        captures: 1
      ),
      to: .init(
        selfTime: new.selfTime * scale.new,
        calls: new.callCount * scale.new,
        captures: 1
      )
    )
  }

  /// Adds the change of other functions; the causes are added, not computed anew from the sums.
  mutating func add(_ other: ProfileDifference) {
    old.add(other.old)
    new.add(other.new)
    split.moreCalls += other.split.moreCalls
    split.slowerCalls += other.split.slowerCalls
  }

  // MARK: - Figures

  /// All calls.
  public var callCount: Figure { sum(\.callCount) }

  /// Calls that were not made through recursion.
  public var primitiveCallCount: Figure { sum(\.primitiveCallCount) }

  /// Nanoseconds in the functions themselves.
  public var selfTime: Figure { sum(\.selfTime) }

  /// Nanoseconds in a function and all that it calls; no sum of several functions.
  public var cumulativeTime: Figure { sum(\.cumulativeTime) }

  /// Nanoseconds in the function itself for each call.
  public var selfTimePerCall: Figure {
    Figure(old: old.selfTimePerCall, new: new.selfTimePerCall)
  }

  /// Nanoseconds in the function and all that it calls, for each call that is no recursion.
  public var cumulativeTimePerCall: Figure {
    Figure(old: old.cumulativeTimePerCall, new: new.cumulativeTimePerCall)
  }

  /// What the different number of calls explains of the change of self time, in nanoseconds.
  public var moreCalls: MetricValue { scale.value(split.moreCalls) }

  /// What the different time per call explains of the change of self time, in nanoseconds.
  public var slowerCalls: MetricValue { scale.value(split.slowerCalls) }

  private func sum(_ figure: KeyPath<FunctionTotals, Int128>) -> Figure {
    Figure(
      old: scale.value(old[keyPath: figure] * scale.old),
      new: scale.value(new[keyPath: figure] * scale.new)
    )
  }
}

/// How two sides with different numbers of captures become comparable, in whole numbers.
///
/// Per capture, one part is a nanosecond (or call) divided by the least common multiple of both
/// numbers of captures: so no figure is rounded, and sums of changes stay exact.
struct CaptureScale: Hashable, Sendable {
  /// The parts in a unit of the old side.
  var old: Int128 = 1
  /// The parts in a unit of the new side.
  var new: Int128 = 1
  /// The parts in a unit that is shown.
  var divisor: Int128 = 1

  /// Sums as they are.
  static let sums = CaptureScale()

  private init() {}

  /// Figures per capture; a side without captures has no figures to divide.
  init(perCaptureOf oldCaptures: Int, and newCaptures: Int) {
    let (oldCount, newCount) = (Int128(max(1, oldCaptures)), Int128(max(1, newCaptures)))
    var (divisor, rest) = (oldCount, newCount)
    while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    self.divisor = oldCount / divisor * newCount
    old = self.divisor / oldCount
    new = self.divisor / newCount
  }

  /// A number of parts as a value.
  func value(_ parts: Int128) -> MetricValue {
    var value = MetricValue(parts)
    value.divisor = divisor
    return value
  }
}
