// SPDX-License-Identifier: Apache-2.0

extension Int128 {
  /// The integer nearest to this number × `factor` ÷ `divisor`, ties away from zero.
  ///
  /// The product has all its 256 bits, so nothing is lost on the way. Returns nil where the result
  /// does not fit, or there is nothing to divide by.
  package func multiplied(by factor: Int128, dividedBy divisor: Int128) -> Int128? {
    let product = magnitude.multipliedFullWidth(by: factor.magnitude)
    let size = divisor.magnitude
    guard product.high < size else { return nil }
    let (quotient, remainder) =
      product.high == 0
      ? product.low.quotientAndRemainder(dividingBy: size) : size.dividingFullWidth(product)
    let isUp = remainder >= size - remainder
    guard let rounded = Int128(exactly: quotient)?.addingReportingOverflow(isUp ? 1 : 0),
      !rounded.overflow
    else { return nil }
    let isNegative = (self < 0) != (factor < 0) ? divisor > 0 : divisor < 0
    return isNegative ? -rounded.partialValue : rounded.partialValue
  }
}
