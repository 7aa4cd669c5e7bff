// SPDX-License-Identifier: Apache-2.0

/// A value of a series, exact: a sum, or a sum divided by a number of calls or captures.
///
/// Division happens when the value is shown, never on the way.
public struct MetricValue: Hashable, Sendable {
  /// The sum.
  public var sum: Int128
  /// What the sum is divided by: 1, or a number of calls or captures.
  public var divisor: Int128

  /// Creates a value; a divisor of 0 leaves nothing to show, so the result is nil.
  public init?(_ sum: Int128, dividedBy divisor: Int128) {
    guard divisor != 0 else { return nil }
    self.sum = sum
    self.divisor = divisor
  }

  /// Creates a sum.
  public init(_ sum: Int128) {
    self.sum = sum
    self.divisor = 1
  }

  /// Zero.
  public static let zero = MetricValue(0)

  /// The floating-point number nearest to the exact quotient, ties to even: what Python's
  /// `sum / divisor` gives.
  ///
  /// A divisor that was set to 0 makes it infinite or NaN.
  public var double: Double {
    // Both are exact below 2⁵³, and the processor rounds their quotient once.
    let isSmall = sum.magnitude <= Self.exactLimit && divisor.magnitude <= Self.exactLimit
    guard !isSmall, divisor != 0 else { return Double(sum) / Double(divisor) }
    let quotient = WideInteger(sum.magnitude)
      .nearestQuotient(dividedBy: WideInteger(divisor.magnitude))
    return (sum < 0) == (divisor < 0) ? quotient : -quotient
  }

  /// The value as a whole number, if it is one.
  public var exactInteger: Int128? {
    if divisor == 1 { return sum }
    guard divisor != 0, sum.remainderReportingOverflow(dividingBy: divisor).partialValue == 0
    else { return nil }
    let (quotient, overflow) = sum.dividedReportingOverflow(by: divisor)
    return overflow ? nil : quotient
  }

  /// Whole numbers up to this one are floating-point numbers.
  private static let exactLimit: UInt128 = 1 << 53
}

/// The change from one value to another, exact whatever both are divided by.
public struct MetricChange: Hashable, Sendable {
  /// The value before.
  public var before: MetricValue
  /// The value after.
  public var after: MetricValue

  /// Creates the change from one value to another.
  public init(from before: MetricValue, to after: MetricValue) {
    self.before = before
    self.after = after
  }

  /// The floating-point number nearest to the exact difference, ties to even.
  ///
  /// A divisor that was set to 0 makes it infinite or NaN.
  public var double: Double {
    if let value { return value.double }
    guard before.divisor != 0, after.divisor != 0 else { return after.double - before.double }
    let (isNegative, numerator, denominator) = fraction
    let quotient = numerator.nearestQuotient(dividedBy: denominator)
    return isNegative ? -quotient : quotient
  }

  /// The difference as a whole number, if it is one.
  public var exactInteger: Int128? {
    if let value { return value.exactInteger }
    guard before.divisor != 0, after.divisor != 0 else { return nil }
    let (isNegative, numerator, denominator) = fraction
    guard let quotient = numerator.exactQuotient(dividedBy: denominator) else { return nil }
    return isNegative ? Int128(exactly: quotient).map { -$0 } : Int128(exactly: quotient)
  }

  /// The difference of two values with the same divisor, as all sums of a comparison have; nil for
  /// others, or where 128 bits do not hold it.
  public var value: MetricValue? {
    guard before.divisor == after.divisor else { return nil }
    let (sum, overflow) = after.sum.subtractingReportingOverflow(before.sum)
    return overflow ? nil : MetricValue(sum, dividedBy: after.divisor)
  }

  /// after − before over the product of both divisors: 255 bits hold each.
  private var fraction: (isNegative: Bool, numerator: WideInteger, denominator: WideInteger) {
    let afterPart = WideInteger(after.sum.magnitude, times: before.divisor.magnitude)
    let beforePart = WideInteger(before.sum.magnitude, times: after.divisor.magnitude)
    let denominator = WideInteger(after.divisor.magnitude, times: before.divisor.magnitude)
    let isAfterNegative = (after.sum < 0) != (after.divisor < 0)
    let isBeforeNegative = (before.sum < 0) != (before.divisor < 0)
    // Opposite signs: the parts add up. Else the larger one decides the sign.
    guard isAfterNegative == isBeforeNegative else {
      return (isAfterNegative, afterPart &+ beforePart, denominator)
    }
    return afterPart >= beforePart
      ? (isAfterNegative, afterPart &- beforePart, denominator)
      : (!isAfterNegative, beforePart &- afterPart, denominator)
  }
}

extension JSONWriter {
  /// Writes a value as an element: a whole number where it is one; nil is `null`.
  public mutating func value(_ value: MetricValue?) {
    guard let value else { return null() }
    if let integer = value.exactInteger { self.value(integer) } else { self.value(value.double) }
  }

  /// Writes a field with a value: a whole number where it is one; nil is `null`.
  public mutating func field(_ key: String, _ value: MetricValue?) {
    guard let value else { return null(key) }
    if let integer = value.exactInteger { field(key, integer) } else { field(key, value.double) }
  }
}
