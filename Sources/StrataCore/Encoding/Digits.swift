// SPDX-License-Identifier: Apache-2.0

// Numbers are appended to the text that they become a part of: data have a million of them, and a
// `String` for each would take longer than all else that is done with it.

extension [UInt8] {
  /// Appends a whole number in decimal digits.
  package mutating func append(digitsOf number: Int128) {
    // Most numbers fit into 64 bits, whose digits are found much faster.
    guard let small = Int64(exactly: number) else { return append(contentsOf: "\(number)".utf8) }
    if small < 0 { append(UInt8(ascii: "-")) }
    append(digitsOf: small.magnitude, width: 1)
  }

  /// Appends a number in decimal digits, with zeros before it up to a width of at most 20.
  package mutating func append(digitsOf number: UInt64, width: Int) {
    // The largest number has 20 digits; the last one is found first.
    var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
    var (first, rest) = (digits.count, number)
    repeat {
      first -= 1
      digits[first] += UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    let text = digits.span.extracting(Swift.min(first, digits.count - width)...)
    // SAFETY: the digits are only read, inside the closure.
    unsafe text.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
