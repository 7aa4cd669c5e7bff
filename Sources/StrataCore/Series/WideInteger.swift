// SPDX-License-Identifier: Apache-2.0

/// An unsigned whole number of 256 bits: what products of two sums need.
struct WideInteger: Hashable {
  /// How many bits there are.
  static let bitWidth = 256

  private(set) var high: UInt128
  private(set) var low: UInt128

  static let zero = WideInteger(0)

  init(_ value: UInt128) {
    (high, low) = (0, value)
  }

  /// The product of two numbers, all of it.
  init(_ left: UInt128, times right: UInt128) {
    (high, low) = left.multipliedFullWidth(by: right)
  }

  /// How many bits the number takes: 0 for zero.
  var length: Int {
    Self.bitWidth - (high == 0 ? 128 + low.leadingZeroBitCount : high.leadingZeroBitCount)
  }

  /// The sum, without what exceeds 256 bits.
  static func &+ (left: WideInteger, right: WideInteger) -> WideInteger {
    let (low, carry) = left.low.addingReportingOverflow(right.low)
    var sum = left
    sum.low = low
    sum.high = left.high &+ right.high &+ (carry ? 1 : 0)
    return sum
  }

  /// The difference of a number and one that is not larger.
  static func &- (left: WideInteger, right: WideInteger) -> WideInteger {
    let (low, borrow) = left.low.subtractingReportingOverflow(right.low)
    var difference = left
    difference.low = low
    difference.high = left.high &- right.high &- (borrow ? 1 : 0)
    return difference
  }

  /// The number times 2^`count`, without what exceeds 256 bits.
  static func &<< (number: WideInteger, count: Int) -> WideInteger {
    guard count > 0 else { return number }
    var shifted = number
    shifted.high =
      count < 128 ? number.high << count | number.low >> (128 - count) : number.low << (count - 128)
    shifted.low = number.low << count
    return shifted
  }
}

extension WideInteger: Comparable {
  static func < (left: WideInteger, right: WideInteger) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }
}

extension WideInteger {
  /// The quotient by a number above zero; nil where there is a remainder, or where 128 bits do not
  /// hold it.
  func exactQuotient(dividedBy divisor: WideInteger) -> UInt128? {
    var (quotient, remainder) = (UInt128(0), self)
    var shift = length - divisor.length
    guard shift < 128 else { return nil }
    while shift >= 0 {
      let part = divisor &<< shift
      if part <= remainder {
        remainder = remainder &- part
        quotient |= 1 << shift
      }
      shift -= 1
    }
    return remainder == .zero ? quotient : nil
  }

  /// The floating-point number nearest to the quotient by a number above zero, ties to even.
  func nearestQuotient(dividedBy divisor: WideInteger) -> Double {
    guard self != .zero else { return 0 }
    // Both with their first bit set: the quotient is between a half and two.
    let divided = divisor &<< (Self.bitWidth - divisor.length)
    var rest = self &<< (Self.bitWidth - length)
    var quotient: UInt64 = 0
    var hasOverflown = false
    // A bit before the point and 56 behind it: three or four more than a number keeps.
    for _ in 0...Self.fractionBits {
      quotient <<= 1
      if hasOverflown || rest >= divided {
        rest = rest &- divided
        quotient |= 1
      }
      hasOverflown = rest.high >> 127 == 1
      rest = rest &<< 1
    }
    // What is left only says whether the last bit stands for itself or for a little more. With it,
    // the conversion rounds as if it saw all bits.
    if hasOverflown || rest != .zero { quotient |= 1 }
    let exponent = length - divisor.length - Self.fractionBits
    return Double(sign: .plus, exponent: exponent, significand: Double(quotient))
  }

  private static let fractionBits = 56
}
