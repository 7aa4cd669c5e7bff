// SPDX-License-Identifier: Apache-2.0

extension Double {
  /// The number with so many decimals, without Foundation's `String(format:)`.
  package func text(decimals: Int, grouped: Bool = false) -> String {
    let scaled = (magnitude * .powerOfTen(decimals)).rounded()
    // Beyond 2^62 there are no decimals left to choose; this also takes NaN and infinity.
    guard let digits = Int64(exactly: scaled) else { return description }
    let text = digits.padded(to: decimals + 1)
    let integer = String(text.dropLast(decimals))
    let whole = grouped ? integer.groupedByThree : integer
    let sign = self < 0 && digits != 0 ? "-" : ""
    return decimals == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(text.suffix(decimals))"
  }

  /// The number with at most so many decimals: the short form for coordinates.
  package func shortText(decimals: Int) -> String {
    var text = text(decimals: decimals)[...]
    guard decimals > 0, text.contains(".") else { return String(text) }
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return String(text)
  }

  /// Ten to a power, without the C library.
  package static func powerOfTen(_ exponent: Int) -> Double {
    let power = repeatElement(10.0, count: abs(exponent)).reduce(1, *)
    return exponent < 0 ? 1 / power : power
  }

  /// The power of ten of the first digit, for a positive, finite number.
  package var decimalExponent: Int {
    var (rest, exponent) = (self, 0)
    while rest >= 10 { (rest, exponent) = (rest / 10, exponent + 1) }
    while rest < 1, rest > 0 { (rest, exponent) = (rest * 10, exponent - 1) }
    return exponent
  }
}

extension String {
  /// Digits with a comma before each three from the right.
  fileprivate var groupedByThree: String {
    var result = ""
    for (index, digit) in enumerated() {
      if index > 0, (count - index).isMultiple(of: 3) { result.append(",") }
      result.append(digit)
    }
    return result
  }
}
