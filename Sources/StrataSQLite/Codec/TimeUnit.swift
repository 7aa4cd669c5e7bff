// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

/// What the whole numbers of a blob's time columns count.
///
/// cProfile computes `Double(ticks) * factor`, so a product gives its seconds back bit for bit
/// where a division would not.
enum TimeUnit: UInt8 {
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

extension Nanoseconds {
  /// The nearest nanosecond, found quickly for the times that cProfile writes.
  ///
  /// Where `Double(k) * 1e-9` is the very value and *k* is below 2⁵⁰, *k* is the nearest one:
  /// the product's rounding error is far below half a nanosecond. Anything else takes the long way.
  @inline(__always)
  static func nearest(to seconds: Double) -> Int64? {
    let product = seconds * 1e9
    if product.magnitude < 0x1p50 {
      let candidate = Int64(product + (product < 0 ? -0.5 : 0.5))
      if (Double(candidate) * 1e-9).bitPattern == seconds.bitPattern { return candidate }
    }
    return Nanoseconds(nearestTo: seconds)?.count
  }
}

#endif
