// SPDX-License-Identifier: Apache-2.0

/// A time of a profile in whole nanoseconds, the unit of every sum.
///
/// Integers make sums exact: the same in any order, and the same from rolled-up slices. Times that
/// stay plain numbers, in columns and atomics, are named by their unit: `selfNanoseconds`.
public struct Nanoseconds: Hashable, Sendable {
  /// The number of nanoseconds; may be negative, since clocks step back.
  public var count: Int64

  /// The largest time that a profile may hold: 2⁶² ns, 146 years.
  public static let limit: Int64 = 1 << 62

  /// Creates a time.
  @inlinable
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

extension Nanoseconds: AdditiveArithmetic, Comparable, ExpressibleByIntegerLiteral {
  /// Creates a time from a literal.
  @inlinable
  public init(integerLiteral count: Int64) {
    self.count = count
  }

  /// No time.
  public static let zero = Nanoseconds(0)

  /// Whether a time is shorter than another.
  @inlinable
  public static func < (left: Self, right: Self) -> Bool { left.count < right.count }

  /// Adds two times; traps where 64 bits do not hold the sum.
  @inlinable
  public static func + (left: Self, right: Self) -> Self { Self(left.count + right.count) }

  /// Subtracts a time from another; traps where 64 bits do not hold the difference.
  @inlinable
  public static func - (left: Self, right: Self) -> Self { Self(left.count - right.count) }
}

extension Nanoseconds {
  /// Adds two times; the sum wraps around after 292 years.
  @inlinable
  package static func &+ (left: Self, right: Self) -> Self { Self(left.count &+ right.count) }

  /// Subtracts a time from another; the difference wraps around.
  @inlinable
  package static func &- (left: Self, right: Self) -> Self { Self(left.count &- right.count) }
}

// MARK: - Sums

extension Nanoseconds {
  /// A sum of times over functions or captures.
  ///
  /// Each time has at most 63 bits, so 128 hold the sum of as many as there will ever be.
  public struct Sum: Hashable, Sendable {
    /// The number of nanoseconds; may be negative.
    public var count: Int128

    /// Creates a sum.
    @inlinable
    public init(_ count: Int128) {
      self.count = count
    }

    /// Creates the sum of one time.
    @inlinable
    public init(_ time: Nanoseconds) {
      count = Int128(time.count)
    }

    /// The sum in seconds: the product that cProfile makes of its times as well.
    package var seconds: Double {
      // `Double(_:)` rounds to the nearest number; that of 64 bits is one instruction, that of 128
      // a hundred.
      (Int64(exactly: count).map { Double($0) } ?? Double(count)) * 1e-9
    }
  }
}

extension Nanoseconds.Sum: AdditiveArithmetic, Comparable, ExpressibleByIntegerLiteral {
  /// Creates a sum from a literal.
  @inlinable
  public init(integerLiteral count: Int128) {
    self.count = count
  }

  /// No time.
  public static let zero = Nanoseconds.Sum(0)

  /// Whether a sum is less than another.
  @inlinable
  public static func < (left: Self, right: Self) -> Bool { left.count < right.count }

  /// Adds two sums.
  @inlinable
  public static func + (left: Self, right: Self) -> Self { Self(left.count + right.count) }

  /// Subtracts a sum from another.
  @inlinable
  public static func - (left: Self, right: Self) -> Self { Self(left.count - right.count) }
}

extension Nanoseconds.Sum {
  /// Adds one time.
  @inlinable
  public static func += (sum: inout Self, time: Nanoseconds) { sum.count += Int128(time.count) }

  /// The sum taken a number of times.
  @inlinable
  public static func * (sum: Self, factor: Int128) -> Self { Self(sum.count * factor) }
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
