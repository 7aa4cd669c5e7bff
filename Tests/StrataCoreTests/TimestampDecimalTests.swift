// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

struct TimestampDecimalTests {
  @Test(arguments: [
    ("1767603600.771", 1_767_603_600_771_000_000),
    ("0", 0), ("-0", 0), ("+1", 1_000_000_000), ("1.", 1_000_000_000), (".5", 500_000_000),
    ("-.5", -500_000_000), ("-1.000000001", -1_000_000_001), ("0.0000000019", 1),
    ("-0.0000000019", -1), ("1.7676036e9", 1_767_603_600_000_000_000), ("1E3", 1_000_000_000_000),
    ("25e-1", 2_500_000_000), ("1e+2", 100_000_000_000), ("1e-9", 1), ("1e-10", 0), ("0e99", 0),
    ("0000000000000000000001", 1_000_000_000),
    ("9223372036.854775807", Int64.max), ("-9223372036.854775808", Int64.min),
    ("1.12345678901234567890123456789012345", 1_123_456_789),
    ("0.00000000000000000000000000000000000001e38", 1_000_000_000),
  ])
  func `reads seconds in decimal digits`(_ text: String, _ nanoseconds: Int64) {
    #expect(Timestamp(decimalSeconds: text)?.nanoseconds == nanoseconds)
  }

  @Test(arguments: [
    "", "-", "+", ".", "e5", ".e5", "1e", "1e+", "1e1.5", "--1", "1-", "1..2", "1.2.3", " 1", "1 ",
    "0x10", "1_000", "nan", "inf", "infinity", "1e100", "\u{661}", "1,5",
    "9223372036.854775808", "-9223372036.854775809", "9223372037", "1e10", "1e99",
    "10000000000000000000000000000000", "123456789012345678901234567890123",
  ])
  func `refuses what is no number, or out of range`(_ text: String) {
    #expect(Timestamp(decimalSeconds: text) == nil)
  }

  @Test
  func `nine decimals come back over the whole range`() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<5_000 {
      let nanoseconds = Int64.random(in: .min ... .max, using: &random)
      let (whole, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
      let digits = String(String(rest + 1_000_000_000).dropFirst())
      let text = "\(nanoseconds < 0 ? "-" : "")\(whole).\(digits)"
      #expect(Timestamp(decimalSeconds: text)?.nanoseconds == nanoseconds)
    }
  }

  @Test
  func `timestamps are in the order of time`() {
    let times = [Int64.min, -1, 0, 1, .max].map { Timestamp(nanoseconds: $0) }
    #expect(times.shuffled().sorted() == times)
  }
}

struct DurationTextTests {
  @Test(arguments: [
    ("10s", 10_000_000_000), ("500ms", 500_000_000), ("1m30s", 90_000_000_000),
    ("2h", 7_200_000_000_000), ("1d", 86_400_000_000_000), ("1w", 604_800_000_000_000),
    ("10", 10_000_000_000), ("1.5", 1_500_000_000), ("1.5h", 5_400_000_000_000), ("7ns", 7),
    ("3us", 3_000), ("3µs", 3_000), ("1.5ns", 1), ("0s", 0), ("1h1m1s1ms1us1ns", 3_661_001_001_001),
    ("0.000000001d", 86_400), ("-0", 0),
    ("9223372036ns", 9_223_372_036), ("9223372037ns", 9_223_372_037),
    ("10000000000ns", 10_000_000_000), ("9223372036854775807ns", .max),
    ("9223372036854775.807us", .max), ("9223372036854.775807ms", .max),
    ("9223372036.854775807s", .max), ("15250w", 9_223_200_000_000_000_000),
    ("0.00000000000001d", 0), ("0.00000000000002d", 1), ("1.0000000000000000001ns", 1),
    ("106751.991167300642442129629d", 9_223_372_036_854_775_506),
  ])
  func `reads numbers with units`(_ text: String, _ nanoseconds: Int64) {
    #expect(Duration(text: text) == .nanoseconds(nanoseconds))
  }

  @Test(arguments: [
    "", "s", "10x", "10 s", "s10", "1m30", "1..5s", "-5s", "10S", "1m-30s", "\u{661}s", "106752d",
    "-5", "-0.000000001", "9223372036854775808ns", "99999999999999999999ns", "15251w",
    "9223372036854775807ns1ns", "123456789012345678901234567890123ns",
    "9223372036.854775808", "9000000000s9000000000s", "10s ", "m1",
  ])
  func `refuses anything else`(_ text: String) {
    #expect(Duration(text: text) == nil)
  }
}
