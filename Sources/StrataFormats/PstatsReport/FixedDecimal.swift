// SPDX-License-Identifier: Apache-2.0

/// Numbers with three decimals, as C's `printf` and Python's `%.3f` write them.
///
/// A `Double` is a whole number times a power of two, so its thousandths are found exactly, and
/// rounded half to even: 0.0625 is 0.062. (Foundation would do, and StrataFormats has none.)
enum FixedDecimal {
  /// The digits in ASCII, with a sign where the number has one.
  static func text(of value: Double) -> [UInt8] {
    if value.isNaN { return Array("nan".utf8) }
    let sign = value.sign == .minus ? "-" : ""
    if value.isInfinite { return Array("\(sign)inf".utf8) }
    return Array(sign.utf8) + digits(value.magnitude)
  }

  private static func digits(_ value: Double) -> [UInt8] {
    let bits = Int(value.exponentBitPattern)
    let isNormal = bits > 0
    let significand = value.significandBitPattern | (isNormal ? 1 << 52 : 0)
    let shift = (isNormal ? bits : 1) - 1075
    guard shift <= 60 else { return wholeDigits(significand, shift: shift) + Array(".000".utf8) }
    let scaled = UInt128(significand) * 1000
    let thousandths = shift < 0 ? rounded(scaled, shift: -shift) : scaled << shift
    let (whole, rest) = thousandths.quotientAndRemainder(dividingBy: 1000)
    let decimals = String(rest + 1000).utf8.dropFirst()
    // Most numbers are small, and 64 bits are written much faster than 128.
    let wholeText = UInt64(exactly: whole).map { String($0) } ?? String(whole)
    return Array(wholeText.utf8) + [UInt8(ascii: ".")] + decimals
  }

  /// A number without its last bits, rounded half to even.
  private static func rounded(_ value: UInt128, shift: Int) -> UInt128 {
    guard shift < 127 else { return 0 }
    let quotient = value >> shift
    let rest = value & ((1 << shift) - 1)
    let half: UInt128 = 1 << (shift - 1)
    return rest > half || (rest == half && quotient & 1 == 1) ? quotient + 1 : quotient
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
