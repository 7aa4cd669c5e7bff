// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

struct TimestampISO8601Tests {
  /// Seconds since the epoch, and what Python's `datetime` makes of them.
  private static let datetime: [(Int64, String)] = [
    (0, "1970-01-01T00:00:00Z"),
    (-1, "1969-12-31T23:59:59Z"),
    (1, "1970-01-01T00:00:01Z"),
    (951782400, "2000-02-29T00:00:00Z"),
    (951868800, "2000-03-01T00:00:00Z"),
    (-2203891200, "1900-03-01T00:00:00Z"),
    (-2203977600, "1900-02-28T00:00:00Z"),
    (4107542400, "2100-03-01T00:00:00Z"),
    (4102444800, "2100-01-01T00:00:00Z"),
    (68169600, "1972-02-29T00:00:00Z"),
    (-9223372036, "1677-09-21T00:12:44Z"),
    (9223372036, "2262-04-11T23:47:16Z"),
    (1767603600, "2026-01-05T09:00:00Z"),
    (-86400, "1969-12-31T00:00:00Z"),
    (86399, "1970-01-01T23:59:59Z"),
    (1582934400, "2020-02-29T00:00:00Z"),
    (4309422132, "2106-07-24T13:42:12Z"),
    (-6427629747, "1766-04-26T03:17:33Z"),
    (-6921776344, "1750-08-28T20:20:56Z"),
    (-2748984846, "1882-11-21T01:05:54Z"),
    (-9062329387, "1682-10-28T22:16:53Z"),
    (5524023895, "2145-01-18T11:04:55Z"),
    (-4628377972, "1823-05-02T19:27:08Z"),
    (8346106582, "2234-06-24T10:56:22Z"),
    (-7400075997, "1735-07-02T23:20:03Z"),
    (-5152993114, "1806-09-16T21:01:26Z"),
    (-7519642351, "1731-09-18T02:27:29Z"),
    (-735420983, "1946-09-12T04:23:37Z"),
    (8156568237, "2228-06-21T17:23:57Z"),
    (-1241310776, "1930-08-31T23:27:04Z"),
  ]

  @Test(arguments: datetime)
  func `agrees with Python's datetime`(_ seconds: Int64, _ text: String) {
    let timestamp = Timestamp(nanoseconds: seconds * 1_000_000_000)
    #expect(timestamp.iso8601 == text)
    #expect(Timestamp(iso8601: text) == timestamp)
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"),
    (1, "1970-01-01T00:00:00.000000001Z"),
    (1_000, "1970-01-01T00:00:00.000001Z"),
    (771_000_000, "1970-01-01T00:00:00.771Z"),
    (-1, "1969-12-31T23:59:59.999999999Z"),
    (-1_000_000, "1969-12-31T23:59:59.999Z"),
    (Int64.max, "2262-04-11T23:47:16.854775807Z"),
    (Int64.min, "1677-09-21T00:12:43.145224192Z"),
  ])
  func `has as many decimals as it needs`(_ nanoseconds: Int64, _ text: String) {
    #expect(Timestamp(nanoseconds: nanoseconds).iso8601 == text)
    #expect(Timestamp(iso8601: text) == Timestamp(nanoseconds: nanoseconds))
  }

  @Test
  func `comes back over the whole range`() {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<5_000 {
      let nanoseconds = Int64.random(in: .min ... .max, using: &random)
      let unit: Int64 = [1, 1_000, 1_000_000, 1_000_000_000].randomElement(using: &random) ?? 1
      let timestamp = Timestamp(nanoseconds: nanoseconds / unit * unit)
      #expect(Timestamp(iso8601: timestamp.iso8601) == timestamp)
    }
  }

  @Test(arguments: [
    "2026-01-05T09:00:00Z", "2026-01-05T09:00:00z", "20260105T090000Z", "2026-01-05 09:00:00",
    "2026-01-05_09:00", "2026-01-05T09:00", "20260105T0900", "2026-01-05T10:00:00+01",
    "2026-01-05T10:30:00+01:30", "2026-01-05T03:30:00-0530", "2026-01-05T09:00:00.000000000Z",
    "2026-01-05T09:00:00,0Z", "2026-01-06T08:59:00+23:59", "2026-01-05T08:59:60Z",
  ])
  func `reads each form of one time`(_ text: String) {
    #expect(Timestamp(iso8601: text) == Timestamp(nanoseconds: 1_767_603_600_000_000_000))
  }

  @Test
  func `a date alone is its midnight in UTC`() {
    let midnight = Timestamp(nanoseconds: 1_767_571_200_000_000_000)
    #expect(Timestamp(iso8601: "2026-01-05") == midnight)
    #expect(Timestamp(iso8601: "20260105") == midnight)
  }

  @Test(arguments: [
    "", "2026", "2026-01", "2026-1-5", "2026-13-01", "2026-00-01", "2026-02-29", "2026-04-31",
    "2026-01-00", "2100-02-29", "1900-02-29", "2026-01-32", "2026-0105", "202601-05",
    "2026-01-05T", "2026-01-05T09", "2026-01-05T24:00", "2026-01-05T09:60", "2026-01-05T09:00:61",
    "2026-01-05T09:00:00.", "2026-01-05T09:00:00.1234567890", "2026-01-05T09:00:00+",
    "2026-01-05T09:00:00+24", "2026-01-05T09:00:00+01:60", "2026-01-05T09:00:00+1",
    "2026-01-05T09:00:00+01:", "2026-01-05T09:00:00ZZ", "2026-01-05T09:00:00Z ",
    " 2026-01-05", "2026-01-05Z", "-2026-01-05", "+12026-01-05", "2026-01-05T09:00:0\u{660}",
    "1677-09-21T00:12:43.145224191Z", "2262-04-11T23:47:16.854775808Z", "9999-12-31", "0000-01-01",
  ])
  func `refuses what is no time, or out of range`(_ text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }

  @Test(arguments: ["2000-02-29", "2024-02-29", "2400-02-29", "1996-02-29"])
  func `leap days exist`(_ text: String) {
    let isInRange = !text.hasPrefix("2400")
    #expect((Timestamp(iso8601: text) != nil) == isInRange)
    #expect(CivilDate(year: Int64(text.prefix(4)) ?? 0, month: 2, day: 29)?.description == text)
  }
}
