// SPDX-License-Identifier: Apache-2.0

/// A time of a profile in whole nanoseconds, the unit of every sum.
///
/// Integers make sums exact: the same in any order, and the same from rolled-up slices.
public struct Nanoseconds: Hashable, Sendable {
  /// The number of nanoseconds; may be negative, since clocks step back.
  public var count: Int64

  /// The largest time that a profile may hold: 2⁶² ns, 146 years.
  public static let limit: Int64 = 1 << 62

  /// Creates a time.
  public init(_ count: Int64) {
    self.count = count
  }

  /// The nanosecond nearest to a number of seconds, ties away from zero.
  ///
  /// Returns nil where the number is not finite or beyond ``limit``. The result is exact for every
  /// `Double`: where the rounding error of a product could decide, whole numbers do.
  public init?(nearestTo seconds: Double) {
    let product = seconds * 1e9
    guard product.magnitude <= Double(Self.limit) else { return nil }
    // Below 2⁴⁰ the product is at most 2⁻¹⁴ off. (`rounded()` would call the C library.)
    let nearest = Int64(product + (product < 0 ? -0.5 : 0.5))
    if product.magnitude < 0x1p40, (product - Double(nearest)).magnitude < 0.5 - 0x1p-13 {
      count = nearest
      return
    }
    guard let exact = Self.exactly(nearestTo: seconds) else { return nil }
    count = exact
  }

  /// The nearest nanosecond by whole numbers alone.
  private static func exactly(nearestTo seconds: Double) -> Int64? {
    guard seconds.isNormal else { return 0 }
    // The number is significand × 2^shift; the product with 10⁹ has at most 83 bits.
    let shift = Int(seconds.exponent) - Double.significandBitCount
    let significand = seconds.significandBitPattern | 1 << UInt64(Double.significandBitCount)
    let scaled = UInt128(significand) * 1_000_000_000
    let magnitude = shift >= 0 ? scaled << shift : (scaled >> (-shift - 1) + 1) >> 1
    guard magnitude <= limit else { return nil }
    return seconds < 0 ? -Int64(magnitude) : Int64(magnitude)
  }
}

extension Int128 {
  /// A sum of nanoseconds in seconds: the product that cProfile makes of its times as well.
  ///
  /// `Double(_:)` rounds to the nearest number; that of 64 bits is one instruction, that of 128 a
  /// hundred.
  package var secondsFromNanoseconds: Double {
    (Int64(exactly: self).map { Double($0) } ?? Double(self)) * 1e-9
  }
}

extension Duration {
  /// The duration in whole nanoseconds, the rest cut; nil where 63 bits do not hold it.
  package var nanoseconds: Int64? {
    let (seconds, attoseconds) = components
    let scaled = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let sum = scaled.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000)
    return scaled.overflow || sum.overflow ? nil : sum.partialValue
  }
}
