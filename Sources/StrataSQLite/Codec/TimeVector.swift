// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

/// Times as a profile holds them, with the nearest nanosecond of each.
struct TimeVector {
  private(set) var seconds: [Double] = []
  private(set) var nanoseconds: [Int64] = []
  /// How many times are another `Double` than the product of their nanoseconds.
  private(set) var inexactCount = 0

  init(reservingCapacity count: Int) {
    seconds.reserveCapacity(count)
    nanoseconds.reserveCapacity(count)
  }

  /// Adds a time; false where it has no nearest nanosecond within ±2⁶².
  ///
  /// Where `Double(k) * 1e-9` is the very value and *k* is below 2⁵⁰, *k* is the nearest one: the
  /// product's rounding error is far below half a nanosecond. Anything else takes the long way.
  @inline(__always)
  mutating func append(_ value: Double) -> Bool {
    let product = value * 1e9
    if product.magnitude < 0x1p50 {
      let candidate = Int64(product + (product < 0 ? -0.5 : 0.5))
      if (Double(candidate) * 1e-9).bitPattern == value.bitPattern {
        seconds.append(value)
        nanoseconds.append(candidate)
        return true
      }
    }
    return appendInexact(value)
  }

  private mutating func appendInexact(_ value: Double) -> Bool {
    guard let nearest = Nanoseconds(nearestTo: value)?.count else { return false }
    seconds.append(value)
    nanoseconds.append(nearest)
    if TimeUnit.nanoseconds.seconds(nearest).bitPattern != value.bitPattern { inexactCount += 1 }
    return true
  }

  var isWholeMicroseconds: Bool {
    nanoseconds.allSatisfy { $0 % 1_000 == 0 }
  }

  /// How many times are another `Double` than the product of their microseconds.
  var inexactMicrosecondCount: Int {
    zip(seconds, nanoseconds).count { seconds, nanoseconds in
      TimeUnit.microseconds.seconds(nanoseconds / 1_000).bitPattern != seconds.bitPattern
    }
  }

  /// The whole numbers that stand for the times in a unit.
  func ticks(_ unit: TimeUnit) -> [Int64] {
    switch unit {
    case .nanoseconds: nanoseconds
    case .microseconds: nanoseconds.map { $0 / 1_000 }
    case .seconds: seconds.map { Int64(bitPattern: $0.bitPattern) }
    }
  }

  /// How many `Double`s each time is above what its ticks give; empty where none is.
  func patches(_ unit: TimeUnit) -> [Int64] {
    guard unit == .microseconds || (unit == .nanoseconds && inexactCount > 0) else { return [] }
    let patches = zip(seconds, ticks(unit)).map { seconds, ticks in
      seconds.ordinal &- unit.seconds(ticks).ordinal
    }
    return patches.contains { $0 != 0 } ? patches : []
  }
}

#endif
