// SPDX-License-Identifier: Apache-2.0

/// A point in time: whole nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// The range is 1677-09-21 to 2262-04-11; captures start from ``firstStart`` to ``lastStart``.
public struct Timestamp: Hashable, Sendable {
  /// Nanoseconds since the epoch.
  public var nanoseconds: Int64

  /// Creates a point in time from nanoseconds since the epoch.
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }
}

extension Timestamp: Comparable {
  /// Whether the left time is earlier.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.nanoseconds < right.nanoseconds
  }
}

extension Timestamp {
  /// Reads seconds since the epoch from a decimal text such as `1767603600.771`.
  ///
  /// No floating point is involved: nine decimals are kept exactly, further ones are cut.
  /// Returns nil where the text is no such number or out of range.
  public init?(decimalSeconds text: some StringProtocol) {
    guard let nanoseconds = Int64(decimalSeconds: String(text)) else { return nil }
    self.nanoseconds = nanoseconds
  }
}

extension Int64 {
  /// Nanoseconds from seconds in decimal digits, with an optional sign, fraction and exponent.
  package init?(decimalSeconds text: String) {
    self.init(decimal: text, unit: 1_000_000_000)
  }

  /// Nanoseconds from a decimal number of units that have a number of nanoseconds each.
  package init?(decimal text: String, unit: Int64) {
    var number = DecimalNumber()
    for byte in text.utf8 {
      guard number.read(byte) else { return nil }
    }
    guard let value = number.nanoseconds(unit: unit) else { return nil }
    self = value
  }
}

/// Reads the digits of a number one by one: `-12.5`, `1767603600`, `1.7676036e9`.
private struct DecimalNumber {
  private enum Part { case sign, whole, fraction, exponentSign, exponent }

  private var part = Part.sign
  private var isNegative = false
  private var digits: Int128 = 0
  private var digitCount = 0
  private var significantCount = 0
  private var fractionCount = 0
  private var exponent = 0
  private var isExponentNegative = false
  private var exponentDigits = 0

  mutating func read(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      return read(digit: Int(byte - UInt8(ascii: "0")))
    case UInt8(ascii: "-"), UInt8(ascii: "+"):
      return read(sign: byte)
    case UInt8(ascii: "."):
      guard part == .sign || part == .whole else { return false }
      part = .fraction
    case UInt8(ascii: "e"), UInt8(ascii: "E"):
      guard digitCount > 0, part == .whole || part == .fraction else { return false }
      part = .exponentSign
    default:
      return false
    }
    return true
  }

  private mutating func read(sign byte: UInt8) -> Bool {
    if part == .sign, digitCount == 0 {
      isNegative = byte == UInt8(ascii: "-")
      part = .whole
    } else if part == .exponentSign {
      isExponentNegative = byte == UInt8(ascii: "-")
      part = .exponent
    } else {
      return false
    }
    return true
  }

  private mutating func read(digit: Int) -> Bool {
    switch part {
    case .exponentSign, .exponent:
      part = .exponent
      exponentDigits += 1
      exponent = exponent * 10 + digit
      return exponent < 100
    case .sign, .whole, .fraction:
      if part == .sign { part = .whole }
      digitCount += 1
      if digit > 0 || significantCount > 0 { significantCount += 1 }
      // 30 digits are more than 2^63 nanoseconds need; further decimals only say less than 1 ns.
      guard significantCount <= 30 else { return part == .fraction }
      digits = digits * 10 + Int128(digit)
      if part == .fraction { fractionCount += 1 }
      return true
    }
  }

  /// The number of units in nanoseconds, the rest cut; nil without digits or out of range.
  func nanoseconds(unit: Int64) -> Int64? {
    guard digitCount > 0, part != .exponentSign, part != .exponent || exponentDigits > 0 else {
      return nil
    }
    // The number is digits × 10^shift. Where a product is too large, decimals go first.
    var shift = (isExponentNegative ? -exponent : exponent) - fractionCount
    var (whole, product) = (digits, Self.product(digits, Int128(unit)))
    while product == nil, shift < 0 {
      whole /= 10
      shift += 1
      product = Self.product(whole, Int128(unit))
    }
    guard var value = product else { return nil }
    while shift < 0, value != 0 {
      value /= 10
      shift += 1
    }
    while shift > 0, value != 0 {
      guard let scaled = Self.product(value, 10) else { return nil }
      value = scaled
      shift -= 1
    }
    return Int64(exactly: isNegative ? -value : value)
  }

  private static func product(_ left: Int128, _ right: Int128) -> Int128? {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? nil : product
  }
}
