// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

/// The widths of slices that are rolled up, the narrowest first.
enum RollupLevel: String, CaseIterable, Comparable {
  case minute
  case hour
  case day

  /// Nanoseconds.
  var width: Int64 {
    switch self {
    case .minute: 60_000_000_000
    case .hour: 3_600_000_000_000
    case .day: 86_400_000_000_000
    }
  }

  /// The level below; nil where single captures are below.
  var finer: RollupLevel? {
    switch self {
    case .minute: nil
    case .hour: .minute
    case .day: .hour
    }
  }

  /// The start of the slice that a time is in.
  ///
  /// Slices are aligned to the epoch. In the first days that 64 bits hold a slice would start
  /// before them: nil there.
  func sliceStart(of time: Int64) -> Int64? {
    let remainder = time % width
    let start = time.subtractingReportingOverflow(remainder < 0 ? remainder + width : remainder)
    guard !start.overflow, !start.partialValue.addingReportingOverflow(width).overflow else {
      return nil
    }
    return start.partialValue
  }

  static func < (left: RollupLevel, right: RollupLevel) -> Bool {
    left.width < right.width
  }
}

#endif
