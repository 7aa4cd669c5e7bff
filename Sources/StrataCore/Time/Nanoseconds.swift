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
  /// Returns nil where the number is not finite or beyond ``limit``. The product is taken with its
  /// rounding error (by a fused multiply-add), so that the result is exact for every `Double`.
  public init?(nearestTo seconds: Double) {
    let product = seconds * 1e9
    guard product.magnitude <= Double(Self.limit) else { return nil }
    let error = (-product).addingProduct(seconds, 1e9)
    var nearest = product.rounded()
    let rest = (product - nearest) + error
    if rest > 0.5 { nearest += 1 } else if rest < -0.5 { nearest -= 1 }
    count = Int64(nearest)
  }
}

extension Duration {
  /// The duration in whole nanoseconds, rounded down; nil where 63 bits do not hold it.
  package var nanoseconds: Int64? {
    let (seconds, attoseconds) = components
    let scaled = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let sum = scaled.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000)
    return scaled.overflow || sum.overflow ? nil : sum.partialValue
  }
}
