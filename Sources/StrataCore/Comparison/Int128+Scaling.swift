// SPDX-License-Identifier: Apache-2.0

extension Int128 {
  /// The integer nearest to this number × `factor` ÷ `divisor`, ties away from zero.
  ///
  /// The product has all its 256 bits, so nothing is lost on the way. Returns nil where the result
  /// does not fit, or there is nothing to divide by.
  package func multiplied(by factor: Int128, dividedBy divisor: Int128) -> Int128? {
    guard let magnitude = Self.rounded(magnitude, factor.magnitude, divisor.magnitude),
      let result = Int128(exactly: magnitude)
    else { return nil }
    let isNegative = (self < 0) != (factor < 0) ? divisor > 0 : divisor < 0
    return isNegative ? -result : result
  }

  private static func rounded(
    _ value: UInt128,
    _ factor: UInt128,
    _ divisor: UInt128
  ) -> UInt128? {
    // One instruction of the processor does most divisions; those of 256 bits take a hundred.
    if let value = UInt64(exactly: value), let factor = UInt64(exactly: factor),
      let divisor = UInt64(exactly: divisor),
      let result = nearest(value.multipliedFullWidth(by: factor), divisor)
    {
      return UInt128(result)
    }
    return nearest(value.multipliedFullWidth(by: factor), divisor)
  }

  /// The rounded quotient; nil where it does not fit.
  @inline(__always)
  private static func nearest<Word: FixedWidthInteger & UnsignedInteger>(
    _ product: (high: Word, low: Word.Magnitude),
    _ divisor: Word
  ) -> Word? {
    guard product.high < divisor else { return nil }
    let (quotient, remainder) = divisor.dividingFullWidth(product)
    let sum = quotient.addingReportingOverflow(remainder >= divisor - remainder ? 1 : 0)
    return sum.overflow ? nil : sum.partialValue
  }
}
