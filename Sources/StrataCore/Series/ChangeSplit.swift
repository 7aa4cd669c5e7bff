// SPDX-License-Identifier: Apache-2.0

/// A change of self time split, without a rest, into more calls and slower calls.
///
/// Δself = Δcalls × old time per call + new calls × Δ time per call. The first term is rounded to
/// the nanosecond, the second is the remainder, so the two always add up to the change.
public struct ChangeSplit: Hashable, Sendable {
  /// What the different number of calls explains, at the old time per call.
  public var moreCalls: Nanoseconds.Sum
  /// What the different time per call explains.
  public var slowerCalls: Nanoseconds.Sum

  /// The whole change.
  public var change: Nanoseconds.Sum { moreCalls + slowerCalls }

  /// Self time and calls of one function over a number of captures.
  public struct Side: Hashable, Sendable {
    /// Time in the function itself.
    public var selfTime: Nanoseconds.Sum
    /// All its calls.
    public var calls: Int128
    /// The captures that both are of.
    public var captures: Int128

    /// Creates one side of a comparison.
    public init(selfTime: Nanoseconds.Sum, calls: Int128, captures: Int128) {
      self.selfTime = selfTime
      self.calls = calls
      self.captures = captures
    }
  }

  /// Splits what `new` costs more, over its captures, than as many captures of `old` would.
  ///
  /// A function without calls on one side has no time per call to compare: the change is all
  /// `moreCalls`. Returns no change where either side has no captures. Everything is computed in
  /// whole numbers; figures of 63 bits, summed over as many as 2³¹ captures, are within them. Only what
  /// more calls explain may not be, where 2⁶³ calls meet 2⁶² ns a call: ±2¹²⁶ stands for it then, so
  /// that both terms have the right sign and still add up.
  public init(from old: Side, to new: Side) {
    guard old.captures > 0, new.captures > 0 else {
      (moreCalls, slowerCalls) = (0, 0)
      return
    }
    guard
      let scaled = old.selfTime.count.multiplied(by: new.captures, dividedBy: old.captures)
    else { preconditionFailure("a self time of \(old.selfTime.count) ns is beyond all sums") }
    let change = new.selfTime - Nanoseconds.Sum(scaled)
    guard old.calls > 0, new.calls > 0 else {
      (moreCalls, slowerCalls) = (change, 0)
      return
    }
    let extraCalls = new.calls * old.captures - old.calls * new.captures
    let term = old.selfTime.count.multiplied(by: extraCalls, dividedBy: old.calls * old.captures)
    let isMore = (extraCalls > 0) == (old.selfTime > 0)
    let limit: Int128 = 1 << 126
    moreCalls = Nanoseconds.Sum(min(max(term ?? (isMore ? limit : -limit), -limit), limit))
    slowerCalls = change - moreCalls
  }
}
