// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import Testing

struct FileNameTimeTests {
  private static let nine: Int64 = 1_767_603_600_000_000_000

  @Test(
    arguments: [
      ("20260105T090000.771Z_search.prof", nine + 771_000_000),
      ("web-2026-01-05_09-00-00.prof", nine),
      ("profile.1767603600771.prof", nine + 771_000_000), ("2026-01-05T09:00:00Z.prof", nine),
      ("2026-01-05 09:00.prof", nine), ("20260105-0900.prof", nine),
      ("20260105_090000+0100.prof", nine - 3_600_000_000_000),
      ("2026-01-05T09-00-00.123456789.prof", nine + 123_456_789), ("1767603600.prof", nine),
      ("1767603600.25.prof", nine + 250_000_000), ("1767603600771000.pstats", nine + 771_000_000),
      ("1767603600771000123", nine + 771_000_123), ("a1767603600b", nine),
      ("v2-7-20260105T090000Z", nine),
      ("GET.root.12ms.1767603600.prof", nine), ("1767603600-20260105T090000Z", nine),
    ] as [(String, Int64)]
  )
  func `finds the time`(_ name: String, _ nanoseconds: Int64) {
    #expect(Timestamp(fileName: name)?.nanoseconds == nanoseconds)
  }

  @Test(arguments: [
    "", "a.prof", "123.prof", "123456789.prof", "12345678901.prof", "17676036007710.prof",
    "2026-01-05.prof",
    "20261305T090000.prof", "20260105T250000.prof", "2026-0105T090000", "99999999999999999999.prof",
    "2026-01-05T9:00.prof",
  ])
  func `finds none where there is none`(_ name: String) {
    #expect(Timestamp(fileName: name) == nil)
  }

  @Test(arguments: [
    "9999999999999.prof", "9999999999999999.prof", "9999999999999999999.prof", "9999999999.prof",
    "99991231T235959Z.prof",
  ])
  func `a time out of range is none`(_ name: String) {
    #expect(Timestamp(fileName: name) == nil)
  }
}

struct PathLabelsTests {
  @Test(
    arguments: [
      ("{service}/{host}/*.prof", "/var/spool/web/h1/a.prof", ["service": "web", "host": "h1"]),
      ("{service}", "web", ["service": "web"]),
      ("{service}.prof", "x/web.prof", ["service": "web"]),
      ("{service}-{host}.prof", "web-h1-2.prof", ["service": "web", "host": "h1-2"]),
      ("{a}_{b}_{c}", "x_y_z_w", ["a": "x", "b": "y", "c": "z_w"]), ("*", "anything", [:]),
      ("*.{kind}", "a.b.c", ["kind": "b.c"]), ("x*y", "x1y2y", [:]), ("a.prof", "b/a.prof", [:]),
      ("{a}/b", "é/b", ["a": "é"]), ("{empty}.prof", ".prof", ["empty": ""]),
      ("/{a}/b/", "//x//b/", ["a": "x"]),
    ] as [(String, String, Labels)]
  )
  func `reads labels from the last parts of a path`(
    _ pattern: String,
    _ path: String,
    _ labels: Labels
  ) {
    #expect(PathLabels(pattern)?.labels(of: path) == labels)
  }

  @Test(arguments: [
    ("{service}/{host}/*.prof", "h1/a.prof"), ("{service}.prof", "web.pstats"), ("a", "b"),
    ("a", "ab"),
    ("{a}-{b}", "x"), ("x*", "y"), ("{a}", ""),
  ])
  func `has no labels for a path that does not fit`(_ pattern: String, _ path: String) throws {
    #expect(try #require(PathLabels(pattern)).labels(of: path) == nil)
  }

  @Test(arguments: ["", "/", "{a", "{}", "{a}{b}", "{a}*", "**", "x/{a/b}"])
  func `refuses a pattern that means nothing`(_ pattern: String) {
    #expect(PathLabels(pattern) == nil)
  }
}
