// SPDX-License-Identifier: Apache-2.0

import StrataCore

extension Metric {
  /// The column that is summed; empty for captures, which are counted.
  var column: ProfileColumns {
    switch self {
    case .selfTime, .selfTimePerCall: .selfTimes
    case .cumulativeTime, .cumulativeTimePerCall: .cumulativeTimes
    case .calls: .callCounts
    case .primitiveCalls: .primitiveCallCounts
    case .captures: []
    }
  }

  /// The column that the sum is divided by; empty where it is not.
  ///
  /// As in pstats, self time is divided by all calls, cumulative time by the primitive ones: it
  /// counts recursion once.
  var divisorColumn: ProfileColumns {
    switch self {
    case .selfTimePerCall: .callCounts
    case .cumulativeTimePerCall: .primitiveCallCounts
    case .selfTime, .cumulativeTime, .calls, .primitiveCalls, .captures: []
    }
  }
}

extension SliceQuery {
  /// What one capture counts as: its weight in millionths, or once.
  ///
  /// Times it, 63 bits stay below 127, so products need no check, which costs a call.
  func factor(of header: CaptureHeader) -> Int128 {
    isWeighted ? Int128(header.weight.millionths) : 1
  }

  /// What a factor of "once" is.
  var unitFactor: Int128 {
    isWeighted ? Int128(Weight.one.millionths) : 1
  }
}
