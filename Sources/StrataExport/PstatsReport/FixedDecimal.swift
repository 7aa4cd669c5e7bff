// SPDX-License-Identifier: Apache-2.0

/// Numbers with three decimals, as C's `printf` and Python's `%.3f` write them.
///
/// A `Double` is a whole number times a power of two, so its thousandths are found exactly, and
/// rounded half to even: 0.0625 is 0.062. (Foundation would do, and StrataFormats has none.)
enum FixedDecimal {
  /// Appends a number at the right of a column.
  static func append(_ value: Double, width: Int, to bytes: inout [UInt8]) {
    let start = bytes.count
    if value.isNaN {
      bytes.append(contentsOf: "nan".utf8)
    } else {
      if value.sign == .minus { bytes.append(UInt8(ascii: "-")) }
      if value.isInfinite {
        bytes.append(contentsOf: "inf".utf8)
      } else {
        appendDigits(of: value.magnitude, to: &bytes)
      }
    }
    let missing = width - (bytes.count - start)
    guard missing > 0 else { return }
    bytes.insert(contentsOf: repeatElement(UInt8(ascii: " "), count: missing), at: start)
  }

  /// The digits in ASCII, with a sign where the number has one.
  static func text(of value: Double) -> [UInt8] {
    var bytes: [UInt8] = []
    append(value, width: 0, to: &bytes)
    return bytes
  }

  private static func appendDigits(of value: Double, to bytes: inout [UInt8]) {
    let exponent = Int(value.exponentBitPattern)
    let significand = value.significandBitPattern | (exponent > 0 ? 1 << 52 : 0)
    let shift = max(exponent, 1) - 1075
    guard shift < 0 else {
      bytes += wholeDigits(significand, shift: shift)
      bytes.append(contentsOf: ".000".utf8)
      return
    }
    // 53 bits times a thousand are 63 bits.
    let thousandths = rounded(significand * 1000, shift: -shift)
    append(thousandths / 1000, atLeast: 1, to: &bytes)
    bytes.append(UInt8(ascii: "."))
    append(thousandths % 1000, atLeast: 3, to: &bytes)
  }

  /// A number without its last bits, rounded half to even.
  private static func rounded(_ value: UInt64, shift: Int) -> UInt64 {
    guard shift < 64 else { return 0 }
    let quotient = value >> UInt64(shift)
    let rest = value & (1 << UInt64(shift) - 1)
    let half: UInt64 = 1 << UInt64(shift - 1)
    return rest > half || (rest == half && quotient & 1 == 1) ? quotient + 1 : quotient
  }

  private static func append(_ value: UInt64, atLeast count: Int, to bytes: inout [UInt8]) {
    if value >= 10 || count > 1 { append(value / 10, atLeast: count - 1, to: &bytes) }
    bytes.append(UInt8(ascii: "0") + UInt8(value % 10))
  }

  /// A number of up to 309 digits, nine in each limb, the lowest first.
  private static func wholeDigits(_ significand: UInt64, shift: Int) -> [UInt8] {
    let base: UInt64 = 1_000_000_000
    var limbs = [significand % base, significand / base]
    for _ in 0..<shift {
      var carry: UInt64 = 0
      for index in limbs.indices {
        let doubled = limbs[index] * 2 + carry
        limbs[index] = doubled % base
        carry = doubled / base
      }
      if carry > 0 { limbs.append(carry) }
    }
    let lower = limbs.dropLast().reversed().flatMap { String($0 + base).utf8.dropFirst() }
    return Array(String(limbs[limbs.count - 1]).utf8) + lower
  }
}
