// SPDX-License-Identifier: Apache-2.0

extension ProfileComparison {
  /// What comes first.
  public enum Order: String, Hashable, Sendable, CaseIterable {
    /// The largest change of self time, up or down.
    case selfTime = "self"
    /// The largest change of cumulative time.
    case cumulativeTime = "cumulative"
    /// The largest change of the number of calls.
    case calls
    /// The largest change of self time per call; functions without calls on one side come last.
    case selfTimePerCall = "self-per-call"
    /// File, line and name.
    case name
  }

  /// The comparison with its functions in an order; ties are in the order of the functions.
  ///
  /// - Complexity: O(*n* log *n*) in the functions.
  public func sorted(by order: Order) -> ProfileComparison {
    var result = self
    let keyed = functions.map { (size: $0.difference.size(in: order), change: $0) }
    result.functions = keyed.sorted { left, right in
      left.size == right.size
        ? left.change.function < right.change.function
        : left.size > right.size
    }.map(\.change)
    return result
  }

  /// The comparison with the first functions alone; the others are summed in ``other``.
  public func keeping(_ count: Int) -> ProfileComparison {
    var result = self
    for change in functions.dropFirst(max(0, count)) {
      result.other.add(change.difference)
      result.otherCount += 1
    }
    result.functions.removeLast(result.otherCount - otherCount)
    return result
  }
}

extension ProfileDifference {
  /// How much changed, whichever way; -1 where that is undefined.
  fileprivate func size(in order: ProfileComparison.Order) -> Size {
    switch order {
    case .name: .whole(0)
    case .selfTime: .whole(selfTime.parts)
    case .cumulativeTime: .whole(cumulativeTime.parts)
    case .calls: .whole(callCount.parts)
    case .selfTimePerCall: .ratio(selfTimePerCall.change?.double.magnitude ?? -1)
    }
  }

  /// Sums have one divisor, so whole numbers order them; ratios are ordered as they are shown.
  fileprivate enum Size: Comparable {
    case whole(UInt128)
    case ratio(Double)
  }
}

extension ProfileDifference.Figure {
  /// The size of the change of a sum, in parts of the scale that all functions have in common.
  fileprivate var parts: UInt128 {
    change?.value?.sum.magnitude ?? 0
  }
}
