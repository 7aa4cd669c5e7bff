// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataTestSupport
import Testing

struct SpoolEntryTests {
  private static func read(_ line: String) throws(SpoolEntryError) -> SpoolEntry {
    try SpoolEntry(line: Array(line.utf8)[...])
  }

  private static func error(_ line: String) -> String? {
    caught { () throws(SpoolEntryError) in _ = try read(line) }?.description
  }

  @Test
  func `reads every key`() throws {
    let entry = try Self.read(
      #"{"file": "dumps/a.prof", "timestamp": "1767603600.771", "duration": "2.5","#
        + #""labels": {"endpoint": "search", "input": ""}, "kind": "sampled", "clock": "cpu","#
        + #""weight": "400", "id": "abc", "pid": 7, "more": [null]}"#
    )
    #expect(entry.file == "dumps/a.prof")
    #expect(entry.start.nanoseconds == 1_767_603_600_771_000_000)
    #expect(entry.duration == .milliseconds(2_500))
    #expect(entry.labels == ["endpoint": "search", "input": ""])
    #expect(entry.kind == .sampled)
    #expect(entry.clock == .cpu)
    #expect(entry.weight == Weight(decimal: "400"))
    #expect(entry.id == ProfileID(given: "abc"))
  }

  @Test
  func `only file and timestamp are required`() throws {
    let texts = [
      #"{"file":"a","timestamp":"1"}"#,
      #"{"file":"a","timestamp":"1","duration":null,"labels":null,"kind":null,"clock":null,"weight":null,"id":null}"#,
    ]
    for text in texts {
      let entry = try Self.read(text)
      #expect(entry.duration == nil)
      #expect(entry.labels == [:])
      #expect(entry.kind == nil)
      #expect(entry.clock == nil)
      #expect(entry.weight == .one)
      #expect(entry.id == nil)
    }
  }

  @Test(
    arguments: [
      ("\"1767603600.123456789\"", 1_767_603_600_123_456_789),
      ("1767603600.123456789", 1_767_603_600_123_456_789),
      ("1767603600", 1_767_603_600_000_000_000),
      ("1.767603600123456789e9", 1_767_603_600_123_456_789), ("-1.5", -1_500_000_000), ("\"0\"", 0),
    ] as [(String, Int64)]
  )
  func `a timestamp keeps nine decimals, as text and as number`(
    _ value: String,
    _ nanoseconds: Int64
  ) throws {
    let entry = try Self.read("{\"file\":\"a\",\"timestamp\":\(value)}")
    #expect(entry.start.nanoseconds == nanoseconds)
  }

  @Test(arguments: [
    (#"{"timestamp":"1"}"#, "file: expected a path below the folder of the index, found none"),
    (#"{"file":"a"}"#, "timestamp: expected seconds since the epoch, found none"),
    (#"{"file":7,"timestamp":"1"}"#, "file: expected a text, found 7"),
    (#"{"file":"a","timestamp":"x"}"#, "timestamp: expected seconds as a decimal text, found 'x'"),
    (
      #"{"file":"a","timestamp":true}"#,
      "timestamp: expected seconds as a decimal text, found a boolean"
    ),
    (
      #"{"file":"a","timestamp":1e99}"#, "timestamp: expected seconds as a decimal text, found 1e99"
    ),
    (
      #"{"file":"a","timestamp":1,"duration":[]}"#,
      "duration: expected seconds as a decimal text, found an array"
    ),
    (
      #"{"file":"a","timestamp":1,"labels":[]}"#,
      "labels: expected an object of texts, found an array"
    ),
    (#"{"file":"a","timestamp":1,"labels":{"n":7}}"#, "labels.n: expected a text, found a number"),
    (
      #"{"file":"a","timestamp":1,"kind":"exact"}"#,
      "kind: expected one of traced, sampled, rounded, found 'exact'"
    ),
    (#"{"file":"a","timestamp":1,"clock":"gil"}"#, "clock: expected one of wall, cpu, found 'gil'"),
    (#"{"file":"a","timestamp":1,"clock":7}"#, "clock: expected a text, found 7"),
    (#"{"file":"a","timestamp":1,"weight":0}"#, "weight: expected a number above 0, found 0"),
    (#"{"file":"a","timestamp":1,"weight":"-2"}"#, "weight: expected a number above 0, found '-2'"),
    (
      #"{"file":"a","timestamp":1,"weight":{}}"#,
      "weight: expected a number above 0, found an object"
    ),
    (
      #"{"file":"a","timestamp":1,"covers":"hour"}"#,
      "covers: expected one of call, slice, unknown, found 'hour'"
    ),
    (#"{"file":"a","timestamp":1,"id":7}"#, "id: expected a text, found 7"),
    ("[]", "expected an object, found an array"),
    ("7", "expected an object, found a number"),
    (#"{"file":"a","#, "at byte 12: expected a key in quotes"),
    ("", "at byte 0: expected a JSON value"),
  ])
  func `a wrong value names its key`(_ line: String, _ expected: String) {
    #expect(Self.error(line) == expected)
  }

  @Test(arguments: [
    "", "/etc/passwd", "..", "../a", "a/..", "a/../../b", "a/..//b", "a\\u0000b", "../\u{301}a",
    "/\u{301}a", "a/../\u{301}",
  ])
  func `a path out of the folder is refused`(_ path: String) {
    let error = Self.error("{\"file\":\"\(path)\",\"timestamp\":1}")
    #expect(error?.hasPrefix("file: expected a path below the folder of the index") == true)
  }

  @Test(arguments: ["a", "a/b.prof", "./a", "..a", "a..", "...", "a b", "é/ü", "a//b"])
  func `a path below the folder is kept`(_ path: String) throws {
    #expect(try Self.read("{\"file\":\"\(path)\",\"timestamp\":1}").file == path)
  }

  @Test
  func `the largest weight and the ends of time are read`() throws {
    let line = #"{"file":"a","timestamp":"9223372036.854775807","weight":"9223372036.854775807"}"#
    #expect(try Self.read(line).start.nanoseconds == .max)
  }
}
