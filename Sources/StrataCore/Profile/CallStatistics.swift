// SPDX-License-Identifier: Apache-2.0

/// A number of calls.
///
/// Python's are unbounded; 127 bits outlast any program.
public typealias CallCount = Int128

/// The four figures that a deterministic profiler keeps of a function, or of one caller's calls.
public struct CallStatistics: Hashable, Sendable {
  /// All calls (pstats `nc`).
  public var callCount: CallCount
  /// Calls that were not made through recursion (pstats `cc`).
  public var primitiveCallCount: CallCount
  /// Seconds in the function itself, as the dump holds them (pstats `tt`, `tottime`).
  public var selfTime: Double
  /// Seconds in the function and all that it calls, recursion counted once (pstats `ct`, `cumtime`).
  public var cumulativeTime: Double

  /// No calls and no time.
  public static let zero = CallStatistics(
    callCount: 0,
    primitiveCallCount: 0,
    selfTime: 0,
    cumulativeTime: 0
  )

  /// Creates the four figures; times are in seconds.
  public init(
    callCount: CallCount,
    primitiveCallCount: CallCount,
    selfTime: Double,
    cumulativeTime: Double
  ) {
    self.callCount = callCount
    self.primitiveCallCount = primitiveCallCount
    self.selfTime = selfTime
    self.cumulativeTime = cumulativeTime
  }

  /// Adds each figure of another capture, as `pstats.Stats.add` does.
  ///
  /// Counts that pass 127 bits stay at the largest value instead of wrapping around.
  public mutating func add(_ other: CallStatistics) {
    callCount = callCount.addingSaturated(other.callCount)
    primitiveCallCount = primitiveCallCount.addingSaturated(other.primitiveCallCount)
    selfTime += other.selfTime
    cumulativeTime += other.cumulativeTime
  }
}

extension Int128 {
  /// The decimal digits; most numbers fit into 64 bits, whose digits are found much faster.
  package var digits: String {
    Int64(exactly: self).map { String($0) } ?? String(self)
  }

  /// The sum, or the nearest bound where it does not fit.
  package func addingSaturated(_ other: Int128) -> Int128 {
    let (sum, overflow) = addingReportingOverflow(other)
    guard overflow else { return sum }
    return other < 0 ? .min : .max
  }
}
