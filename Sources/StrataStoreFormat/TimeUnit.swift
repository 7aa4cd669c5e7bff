// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// A time as a column holds it: a whole number whose unit is the ``TimeUnit`` of the profile.
///
/// Columns are arrays of plain integers, whose names end in `Ticks` or in `Nanoseconds`; a single time
/// has a type, so that neither is taken for the other.
struct Ticks: Equatable {
  var count: Int64

  @inline(__always)
  init(_ count: Int64) {
    self.count = count
  }
}

/// What the ticks of a profile's time columns count.
///
/// cProfile computes `Double(ticks) * factor`, so a product gives its seconds back bit for bit where a
/// division would not: `Double(k) / 1e9` is another `Double` for 40 % of its times.
package enum TimeUnit: Int64 {
  /// Seconds are `Double(k) * 1e-9`, and *k* is the nearest nanosecond.
  case nanoseconds = 0
  /// Seconds are `Double(k) * 1e-6`, and 1,000 *k* is the nearest nanosecond.
  case microseconds = 1
  /// The ticks are the bits of the seconds.
  case seconds = 2

  /// The seconds that ticks stand for, before patches.
  @inline(__always)
  func seconds(_ ticks: Ticks) -> Double {
    switch self {
    case .nanoseconds: Double(ticks.count) * 1e-9
    case .microseconds: Double(ticks.count) * 1e-6
    case .seconds: Double(bitPattern: UInt64(bitPattern: ticks.count))
    }
  }

  /// The nearest nanosecond; nil where the time is beyond what is stored.
  private func nanoseconds(_ ticks: Ticks) -> Nanoseconds? {
    switch self {
    case .nanoseconds:
      return Nanoseconds(ticks.count)
    case .microseconds:
      let (product, overflow) = ticks.count.multipliedReportingOverflow(by: 1_000)
      return overflow ? nil : Nanoseconds(product)
    case .seconds:
      return Nanoseconds(nearestTo: seconds(ticks))
    }
  }

  /// Moves a column of ticks into one of nanoseconds, and leaves memory to be used again behind.
  ///
  /// Nearly all profiles are in nanoseconds, whose column changes hands without being touched.
  ///
  /// - Throws: `BlobError` with the offset of the column, where a time is beyond what is stored.
  func move(
    ticks: inout [Int64],
    toNanoseconds nanoseconds: inout [Int64],
    _ slot: ColumnSlot
  ) throws(BlobError) {
    swap(&ticks, &nanoseconds)
    guard self != .nanoseconds else { return }
    for row in nanoseconds.indices {
      let time = Ticks(nanoseconds[row])
      guard let converted = self.nanoseconds(time) else {
        throw BlobError(
          offset: slot.payload.lowerBound,
          expected: "times within 2^62 ns",
          found: "\(seconds(time)) s in row \(row)"
        )
      }
      nanoseconds[row] = converted.count
    }
  }
}

extension Double {
  /// A number that grows with the value by 1 for each `Double`; -0.0 comes just below 0.0.
  ///
  /// A patch is a difference of these. As most patches are 1 or -1, whatever the size of the time, a
  /// patched column takes a byte a row where the `Double`s would take eight.
  @inline(__always)
  var ordinal: Int64 {
    let bits = Int64(bitPattern: bitPattern)
    // Negative numbers have a sign and a magnitude: counted down from -1, they are in order, too.
    return bits >= 0 ? bits : ~(bits & .max)
  }

  @inline(__always)
  init(ordinal: Int64) {
    let bits = ordinal >= 0 ? ordinal : ~ordinal | .min
    self.init(bitPattern: UInt64(bitPattern: bits))
  }
}

// MARK: - Inexact times

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
  mutating func nanoseconds(_ seconds: Double, _ row: Int) -> Nanoseconds? {
    let product = seconds * 1e9
    if product.magnitude < 0x1p50 {
      // A guess, which is cheaper than correct rounding; the test below finds a wrong one.
      let candidate = Int64(product + (product < 0 ? -0.5 : 0.5))
      if (Double(candidate) * 1e-9).bitPattern == seconds.bitPattern {
        return Nanoseconds(candidate)
      }
    }
    return nearest(seconds, row)
  }

  private mutating func nearest(_ seconds: Double, _ row: Int) -> Nanoseconds? {
    guard let nearest = Nanoseconds(nearestTo: seconds) else { return nil }
    if TimeUnit.nanoseconds.seconds(Ticks(nearest.count)).bitPattern != seconds.bitPattern {
      times.append((row, seconds))
    }
    return nearest
  }

  /// All times of the column in seconds.
  private func seconds(of nanoseconds: [Int64]) -> [Double] {
    var seconds = nanoseconds.map { TimeUnit.nanoseconds.seconds(Ticks($0)) }
    for time in times { seconds[time.row] = time.seconds }
    return seconds
  }

  /// The column in a unit.
  func ticks(_ unit: TimeUnit, of nanoseconds: [Int64]) -> [Int64] {
    switch unit {
    case .nanoseconds: nanoseconds
    // Exact, as the unit is chosen only where all times are whole microseconds.
    case .microseconds: nanoseconds.map { $0 / 1_000 }
    case .seconds: seconds(of: nanoseconds).map { Int64(bitPattern: $0.bitPattern) }
    }
  }

  /// How many `Double`s each time is above what its ticks give.
  func patches(_ unit: TimeUnit, of nanoseconds: [Int64]) -> [Int64] {
    zip(seconds(of: nanoseconds), ticks(unit, of: nanoseconds)).map { seconds, ticks in
      // Of ordinals, since the difference of two `Double`s may be rounded.
      seconds.ordinal &- unit.seconds(Ticks(ticks)).ordinal
    }
  }
}
