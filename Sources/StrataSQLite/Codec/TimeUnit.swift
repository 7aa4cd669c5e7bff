// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

/// What the whole numbers of a profile's time columns count.
///
/// cProfile computes `Double(ticks) * factor`, so a product gives its seconds back bit for bit
/// where a division would not.
enum TimeUnit: Int64 {
  /// Seconds are `Double(k) * 1e-9`, and *k* is the nearest nanosecond.
  case nanoseconds = 0
  /// Seconds are `Double(k) * 1e-6`, and 1,000 *k* is the nearest nanosecond.
  case microseconds = 1
  /// The columns hold the bits of the seconds.
  case seconds = 2

  /// The seconds that a number of ticks stands for, before patches.
  @inline(__always)
  func seconds(_ ticks: Int64) -> Double {
    switch self {
    case .nanoseconds: Double(ticks) * 1e-9
    case .microseconds: Double(ticks) * 1e-6
    case .seconds: Double(bitPattern: UInt64(bitPattern: ticks))
    }
  }

  /// The nearest nanoseconds of ticks, in their place.
  ///
  /// - Throws: `BlobError` with the offset of the column, where a time is beyond what is stored.
  func convertToNanoseconds(_ values: inout [Int64], _ slot: ColumnSlot) throws(BlobError) {
    guard self != .nanoseconds else { return }
    for row in values.indices {
      guard let nanoseconds = nanoseconds(values[row]) else {
        throw BlobError(
          offset: slot.payload.lowerBound,
          expected: "times within 2^62 ns",
          found: "\(seconds(values[row])) s in row \(row)"
        )
      }
      values[row] = nanoseconds
    }
  }

  private func nanoseconds(_ ticks: Int64) -> Int64? {
    switch self {
    case .nanoseconds:
      return ticks
    case .microseconds:
      let (product, overflow) = ticks.multipliedReportingOverflow(by: 1_000)
      return overflow ? nil : product
    case .seconds:
      return Nanoseconds(nearestTo: seconds(ticks))?.count
    }
  }
}

extension Double {
  /// A number that grows with the value by 1 for each `Double`; -0.0 comes just below 0.0.
  @inline(__always)
  var ordinal: Int64 {
    let bits = Int64(bitPattern: bitPattern)
    return bits >= 0 ? bits : ~(bits & .max)
  }

  @inline(__always)
  init(ordinal: Int64) {
    let bits = ordinal >= 0 ? ordinal : ~ordinal | .min
    self.init(bitPattern: UInt64(bitPattern: bits))
  }
}

#endif
