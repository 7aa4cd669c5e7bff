// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

/// The few times of a column that their nearest nanoseconds do not give back.
///
/// The others need not be kept: they are the product of their nanoseconds.
struct InexactTimes {
  private var times: [(row: Int, seconds: Double)] = []

  var count: Int { times.count }

  /// The nearest nanosecond of a time; nil where there is none within ±2⁶².
  ///
  /// Where `Double(k) * 1e-9` is the very value and *k* is below 2⁵⁰, *k* is the nearest one: the
  /// product's rounding error is far below half a nanosecond. Anything else takes the long way.
  @inline(__always)
  mutating func nanoseconds(_ seconds: Double, _ row: Int) -> Int64? {
    let product = seconds * 1e9
    if product.magnitude < 0x1p50 {
      let candidate = Int64(product + (product < 0 ? -0.5 : 0.5))
      if (Double(candidate) * 1e-9).bitPattern == seconds.bitPattern { return candidate }
    }
    return nearest(seconds, row)
  }

  private mutating func nearest(_ seconds: Double, _ row: Int) -> Int64? {
    guard let nearest = Nanoseconds(nearestTo: seconds)?.count else { return nil }
    if TimeUnit.nanoseconds.seconds(nearest).bitPattern != seconds.bitPattern {
      times.append((row, seconds))
    }
    return nearest
  }

  /// All times of the column in seconds.
  private func seconds(of nanoseconds: [Int64]) -> [Double] {
    var seconds = nanoseconds.map { TimeUnit.nanoseconds.seconds($0) }
    for time in times { seconds[time.row] = time.seconds }
    return seconds
  }

  /// The whole numbers that stand for the times in a unit.
  func ticks(_ unit: TimeUnit, of nanoseconds: [Int64]) -> [Int64] {
    switch unit {
    case .nanoseconds: nanoseconds
    case .microseconds: nanoseconds.map { $0 / 1_000 }
    case .seconds: seconds(of: nanoseconds).map { Int64(bitPattern: $0.bitPattern) }
    }
  }

  /// How many `Double`s each time is above what its ticks give.
  func patches(_ unit: TimeUnit, of nanoseconds: [Int64]) -> [Int64] {
    zip(seconds(of: nanoseconds), ticks(unit, of: nanoseconds)).map { seconds, ticks in
      seconds.ordinal &- unit.seconds(ticks).ordinal
    }
  }
}

#endif
