// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
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
      ("2026-01-05T09:00:00+02:00.prof", nine - 7_200_000_000_000),
      ("2026-01-05T09:00:00-05:00.prof", nine + 18_000_000_000_000),
      ("20260105T090000-0500.prof", nine + 18_000_000_000_000),
      // The number of a process.
      ("20260105T090000-4711.prof", nine), ("20260105T090000-1130.prof", nine),
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
    "99991231T235959Z.prof", "22000101T000000.000000001Z.prof", "16991231T235959Z.prof",
    "7258118400001.prof", "9000000000000000000.prof",
  ])
  func `a time out of range is none`(_ name: String) {
    #expect(Timestamp(fileName: name) == nil)
  }

  @Test(arguments: [
    ("9999999999-20260105T090000Z.prof", nine), ("29991231T235959-20260105T090000Z.prof", nine),
    ("9999999999999-1767603600.prof", nine), ("22000101T000000Z.prof", 7_258_118_400_000_000_000),
    ("17000101T000000Z.prof", -8_520_336_000_000_000_000), ("1970-01-01T00:00:00Z.prof", 0),
  ])
  func `a time that cannot be a start is skipped`(_ name: String, _ nanoseconds: Int64) {
    #expect(Timestamp(fileName: name)?.nanoseconds == nanoseconds)
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
  ) throws {
    #expect(try PathLabels(pattern).labels(of: path) == labels)
  }

  @Test(arguments: [
    ("{service}/{host}/*.prof", "h1/a.prof"), ("{service}.prof", "web.pstats"), ("a", "b"),
    ("a", "ab"),
    ("{a}-{b}", "x"), ("x*", "y"), ("{a}", ""),
  ])
  func `has no labels for a path that does not fit`(_ pattern: String, _ path: String) throws {
    #expect(try PathLabels(pattern).labels(of: path) == nil)
  }

  @Test(arguments: [
    ("", "expected a path component, found none"), ("/", "expected a path component, found none"),
    ("{a", "expected '}' after '{a'"), ("x/{a/b}", "expected '}' after '{a'"),
    ("{}", "label '': expected a key of 1 to 200 bytes, found 0 bytes"),
    ("{a}{b}", "expected text between two wildcards, found none in '{a}{b}'"),
    ("{a}*", "expected text between two wildcards, found none in '{a}*'"),
    ("**", "expected text between two wildcards, found none in '**'"),
    ("{a}/{b}-{a}", "expected each key once, found {a} twice"),
    ("{\u{e9}}/{e\u{301}}", "expected each key once, found {e\u{301}} twice"),
    ("{\u{fffd}}", "expected a key in UTF-8, found {\u{fffd}}"),
  ])
  func `refuses a pattern that cannot be used, and says why`(_ pattern: String, _ reason: String) {
    let error = caught { () throws(PathLabelsError) in _ = try PathLabels(pattern) }
    #expect(error?.description == reason)
  }

  @Test func `keys are within the bounds of a capture`() throws {
    let keys = (0..<65).map { "{k\($0)}" }
    #expect(throws: Never.self) { try PathLabels(keys.dropLast().joined(separator: "/")) }
    #expect(throws: PathLabelsError.self) { try PathLabels(keys.joined(separator: "/")) }
    let long = String(repeating: "k", count: 201)
    #expect(throws: Never.self) { try PathLabels("{\(long.dropLast())}") }
    #expect(throws: PathLabelsError.self) { try PathLabels("{\(long)}") }
  }
}
