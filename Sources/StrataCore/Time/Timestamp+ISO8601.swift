// SPDX-License-Identifier: Apache-2.0

extension Timestamp {
  /// Reads an ISO 8601 date and time, extended (`2026-01-05T09:00:00.771Z`) or basic
  /// (`20260105T090000.771Z`).
  ///
  /// The time of day may be left out or stop at minutes; `T` may be a space or `_`; the fraction
  /// has up to nine digits; the zone is `Z`, `+hh`, `+hhmm`, `+hh:mm` or absent, which means UTC.
  /// Returns nil for anything else, an impossible date or one out of range.
  public init?(iso8601 text: some StringProtocol) {
    var reader = ISO8601Reader(Array(text.utf8))
    guard let timestamp = reader.timestamp() else { return nil }
    self = timestamp
  }

  /// The time in UTC as ISO 8601, with as many decimals of the second as it needs (0, 3, 6 or 9).
  public var iso8601: String {
    var text: [UInt8] = []
    text.append(iso8601: self)
    return String(decoding: text, as: UTF8.self)
  }
}

extension [UInt8] {
  /// Appends a time as ``Timestamp/iso8601`` has it: rows of data have one each.
  package mutating func append(iso8601 time: Timestamp) {
    let (day, nanosecondOfDay) = time.nanoseconds
      .quotientAndModulus(dividingBy: 86_400_000_000_000)
    let (second, nanosecond) = nanosecondOfDay.quotientAndRemainder(dividingBy: 1_000_000_000)
    let date = CivilDate(daysSinceEpoch: day)
    append(digitsOf: date.year.magnitude, width: 4)
    append("-", date.month, width: 2)
    append("-", date.day, width: 2)
    append("T", second / 3600, width: 2)
    append(":", second / 60 % 60, width: 2)
    append(":", second % 60, width: 2)
    if nanosecond % 1_000_000 == 0 {
      if nanosecond != 0 { append(".", nanosecond / 1_000_000, width: 3) }
    } else if nanosecond % 1_000 == 0 {
      append(".", nanosecond / 1_000, width: 6)
    } else {
      append(".", nanosecond, width: 9)
    }
    append(UInt8(ascii: "Z"))
  }

  /// Appends a mark and a number, which is not negative, with zeros before it.
  private mutating func append(_ mark: Unicode.Scalar, _ number: Int64, width: Int) {
    append(UInt8(ascii: mark))
    append(digitsOf: number.magnitude, width: width)
  }
}

extension Int64 {
  package func padded(to width: Int) -> String {
    let digits = String(self)
    return String(repeating: "0", count: Swift.max(0, width - digits.utf8.count)) + digits
  }

  /// The quotient rounded down, and the remainder, which is never negative.
  package func quotientAndModulus(dividingBy divisor: Int64) -> (quotient: Int64, modulus: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

/// Reads ISO 8601 from left to right; each step moves on or answers nil.
private struct ISO8601Reader {
  private let bytes: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func timestamp() -> Timestamp? {
    guard let date = date() else { return nil }
    guard index < bytes.count else { return Self.make(date, 0, 0, 0) }
    guard skip("T") || skip(" ") || skip("_"), let (second, nanosecond) = timeOfDay(),
      let offset = zone(), index == bytes.count
    else { return nil }
    return Self.make(date, second, nanosecond, offset)
  }

  private static func make(
    _ date: CivilDate,
    _ second: Int64,
    _ nanosecond: Int64,
    _ offset: Int64
  ) -> Timestamp? {
    let seconds = date.daysSinceEpoch * 86_400 + second - offset
    // The first second of the range begins before it: only the sum must fit.
    let sum = Int128(seconds) * 1_000_000_000 + Int128(nanosecond)
    return Int64(exactly: sum).map(Timestamp.init(nanoseconds:))
  }

  private mutating func date() -> CivilDate? {
    guard let year = number(digits: 4) else { return nil }
    let isExtended = skip("-")
    guard let month = number(digits: 2), !isExtended || skip("-"), let day = number(digits: 2)
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  private mutating func timeOfDay() -> (second: Int64, nanosecond: Int64)? {
    guard let hour = number(digits: 2), hour < 24 else { return nil }
    let isExtended = skip(":")
    guard let minute = number(digits: 2), minute < 60 else { return nil }
    var second: Int64 = 0
    if isExtended ? skip(":") : peeksDigit {
      // 60 is a leap second; like Unix time it is the first second of the next minute.
      guard let value = number(digits: 2), value <= 60 else { return nil }
      second = value
    }
    guard let nanosecond = fraction() else { return nil }
    return (hour * 3600 + minute * 60 + second, nanosecond)
  }

  private mutating func fraction() -> Int64? {
    guard skip(".") || skip(",") else { return 0 }
    var value: Int64 = 0
    var count = 0
    while peeksDigit, let digit = number(digits: 1) {
      value = value * 10 + digit
      count += 1
      guard count <= 9 else { return nil }
    }
    guard count > 0 else { return nil }
    for _ in count..<9 { value *= 10 }
    return value
  }

  /// The zone's offset from UTC in seconds.
  private mutating func zone() -> Int64? {
    if index == bytes.count || skip("Z") || skip("z") { return 0 }
    let sign: Int64
    if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
    guard let hour = number(digits: 2), hour < 24 else { return nil }
    let hasMinutes = skip(":") || index < bytes.count
    guard hasMinutes else { return sign * hour * 3600 }
    guard let minute = number(digits: 2), minute < 60 else { return nil }
    return sign * (hour * 3600 + minute * 60)
  }

  private var peeksDigit: Bool {
    index < bytes.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index])
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func number(digits: Int) -> Int64? {
    var value: Int64 = 0
    for _ in 0..<digits {
      guard peeksDigit else { return nil }
      value = value * 10 + Int64(bytes[index] - UInt8(ascii: "0"))
      index += 1
    }
    return value
  }
}
