// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

/// Ratios are the floating-point numbers nearest to them, whatever the size of their parts.
struct NearestQuotientTests {
  private static func fields(of text: String) -> [[Substring]] {
    text.split(separator: "\n").map { $0.split(separator: " ") }
  }

  @Test func `a value is what Python's division gives, to the last bit`() throws {
    for row in Self.fields(of: PythonQuotients.quotients) {
      let (sum, divisor) = (try #require(Int128(row[0])), try #require(Int128(row[1])))
      let value = try #require(MetricValue(sum, dividedBy: divisor))
      #expect(value.double.bitPattern == UInt64(row[2], radix: 16), "\(row)")
    }
  }

  @Test func `a change is what Python's fractions give, to the last bit`() throws {
    for row in Self.fields(of: PythonQuotients.changes) {
      let numbers = try row.prefix(4).map { try #require(Int128($0)) }
      let change = MetricChange(
        from: try #require(MetricValue(numbers[0], dividedBy: numbers[1])),
        to: try #require(MetricValue(numbers[2], dividedBy: numbers[3]))
      )
      #expect(change.exactInteger == Int128(row[4]), "\(row)")
      #expect(change.double.bitPattern == UInt64(row[5], radix: 16), "\(row)")
    }
  }

  @Test func `no other floating-point number is nearer, at any size`() throws {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<3_000 {
      let (sum, divisor) = (Self.number(&random), max(1, Self.number(&random)))
      let value = try #require(MetricValue(sum, dividedBy: divisor)).double
      try Self.expectNearest(value, to: Natural(sum.magnitude), over: Natural(divisor.magnitude))
    }
  }

  @Test func `no other floating-point number is nearer to a change`() throws {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<3_000 {
      let old = (Self.number(&random), max(1, Self.number(&random)))
      let new = (Self.number(&random), max(1, Self.number(&random)))
      let change = MetricChange(
        from: try #require(MetricValue(old.0, dividedBy: old.1)),
        to: try #require(MetricValue(new.0, dividedBy: new.1))
      )
      let newPart = Natural(new.0.magnitude) * Natural(old.1.magnitude)
      let oldPart = Natural(old.0.magnitude) * Natural(new.1.magnitude)
      let isNegative = newPart < oldPart
      let difference = isNegative ? oldPart - newPart : newPart - oldPart
      #expect(change.double < 0 || !isNegative)
      #expect(change.double > 0 || isNegative || difference == Natural(0))
      let divisor = Natural(old.1.magnitude) * Natural(new.1.magnitude)
      try Self.expectNearest(change.double.magnitude, to: difference, over: divisor)
    }
  }

  @Test func `a divisor that was set to zero makes no whole number, and no trap`() {
    var value = MetricValue(3)
    value.divisor = 0
    #expect(value.double == .infinity && value.exactInteger == nil)
    let change = MetricChange(from: MetricValue(1), to: value)
    #expect(change.double == .infinity && change.exactInteger == nil)
    #expect(MetricValue(.min, dividedBy: -1)?.exactInteger == nil)
    #expect(MetricValue(.min, dividedBy: -1)?.double == 0x1p127)
  }

  private static func number(_ random: inout SeededGenerator) -> Int128 {
    Int128.random(in: 0 ... .max, using: &random) >> Int.random(in: 0...126, using: &random)
  }

  /// Compares numerator × 2^k with the two midpoints beside the number, in whole numbers.
  private static func expectNearest(
    _ value: Double,
    to numerator: Natural,
    over divisor: Natural
  ) throws {
    guard numerator != Natural(0) else {
      #expect(value == 0)
      return
    }
    // The number is significand × 2^exponent; below a power of two numbers stand twice as close.
    let significand = UInt128(value.significandBitPattern | 1 << 52)
    let exponent = Int(value.exponent) - 52
    let isPower = value.significandBitPattern == 0
    // In units of 2^(exponent - 2).
    let low = Natural(4 * significand - (isPower ? 1 : 2)), high = Natural(4 * significand + 2)
    let shift = exponent - 2
    let scaled = shift < 0 ? numerator.shifted(by: -shift) : numerator
    let unit = shift > 0 ? divisor.shifted(by: shift) : divisor
    let isEven = significand % 2 == 0
    #expect(isEven ? low * unit <= scaled : low * unit < scaled)
    #expect(isEven ? scaled <= high * unit : scaled < high * unit)
  }
}

/// A whole number of any size, as slow as it is plain.
private struct Natural: Comparable {
  /// The digits to the base 2³², the lowest first, none of them a leading zero.
  private var digits: [UInt32]

  init(_ value: UInt128) {
    self.init(digits: (0..<4).map { UInt32(truncatingIfNeeded: value >> UInt128(32 * $0)) })
  }

  private init(digits: [UInt32]) {
    self.digits = Array(digits[..<((digits.lastIndex { $0 != 0 } ?? -1) + 1)])
  }

  func shifted(by count: Int) -> Natural {
    let zeros = [UInt32](repeating: 0, count: count / 32)
    return Natural(digits: zeros + (self * Natural(1 << UInt128(count % 32))).digits)
  }

  static func * (left: Natural, right: Natural) -> Natural {
    var product = [UInt32](repeating: 0, count: left.digits.count + right.digits.count)
    for (index, digit) in left.digits.enumerated() {
      var carry: UInt64 = 0
      for (other, factor) in right.digits.enumerated() {
        carry += UInt64(digit) * UInt64(factor) + UInt64(product[index + other])
        product[index + other] = UInt32(truncatingIfNeeded: carry)
        carry >>= 32
      }
      product[index + right.digits.count] = UInt32(carry)
    }
    return Natural(digits: product)
  }

  static func - (left: Natural, right: Natural) -> Natural {
    var (digits, borrow) = (left.digits, Int64(0))
    for index in digits.indices {
      let other = index < right.digits.count ? Int64(right.digits[index]) : 0
      let difference = Int64(digits[index]) - other - borrow
      digits[index] = UInt32(truncatingIfNeeded: difference)
      borrow = difference < 0 ? 1 : 0
    }
    return Natural(digits: digits)
  }

  static func < (left: Natural, right: Natural) -> Bool {
    left.digits.count == right.digits.count
      ? left.digits.reversed().lexicographicallyPrecedes(right.digits.reversed())
      : left.digits.count < right.digits.count
  }
}
