// SPDX-License-Identifier: Apache-2.0

/// The four figures of a function, or of a set of them, summed over captures in whole numbers.
public struct FunctionTotals: Hashable, Sendable {
  /// All calls.
  public var callCount: Int128
  /// Calls that were not made through recursion.
  public var primitiveCallCount: Int128
  /// Time in the function itself.
  public var selfTime: Nanoseconds.Sum
  /// Time in the function and all that it calls; sums over functions overlap.
  public var cumulativeTime: Nanoseconds.Sum

  /// No calls and no time.
  public static let zero = FunctionTotals(
    callCount: 0,
    primitiveCallCount: 0,
    selfTime: 0,
    cumulativeTime: 0
  )

  /// Creates the four figures.
  public init(
    callCount: Int128,
    primitiveCallCount: Int128,
    selfTime: Nanoseconds.Sum,
    cumulativeTime: Nanoseconds.Sum
  ) {
    self.callCount = callCount
    self.primitiveCallCount = primitiveCallCount
    self.selfTime = selfTime
    self.cumulativeTime = cumulativeTime
  }

  /// Adds each figure.
  public mutating func add(_ other: FunctionTotals) {
    callCount += other.callCount
    primitiveCallCount += other.primitiveCallCount
    selfTime += other.selfTime
    cumulativeTime += other.cumulativeTime
  }

  /// Nanoseconds in the function itself for each call; nil without calls.
  public var selfTimePerCall: MetricValue? {
    MetricValue(selfTime.count, dividedBy: callCount)
  }

  /// Nanoseconds in the function and all that it calls, for each call that is no recursion; nil
  /// without such calls.
  public var cumulativeTimePerCall: MetricValue? {
    MetricValue(cumulativeTime.count, dividedBy: primitiveCallCount)
  }
}
