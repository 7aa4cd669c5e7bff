// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataSpool
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
    (#"{"file":7,"timestamp":"1"}"#, "file: expected a string, found 7"),
    (
      #"{"file":"a","timestamp":"x"}"#, "timestamp: expected seconds as a decimal string, found 'x'"
    ),
    (
      #"{"file":"a","timestamp":true}"#,
      "timestamp: expected seconds as a decimal string, found a boolean"
    ),
    (
      #"{"file":"a","timestamp":1e99}"#,
      "timestamp: expected seconds as a decimal string, found 1e99"
    ),
    (
      #"{"file":"a","timestamp":1,"duration":[]}"#,
      "duration: expected seconds as a decimal string, found an array"
    ),
    (
      #"{"file":"a","timestamp":1,"labels":[]}"#,
      "labels: expected an object of strings, found an array"
    ),
    (
      #"{"file":"a","timestamp":1,"labels":{"n":7}}"#, "labels.n: expected a string, found a number"
    ),
    (
      #"{"file":"a","timestamp":1,"kind":"exact"}"#,
      "kind: expected one of traced, sampled, rounded, found 'exact'"
    ),
    (#"{"file":"a","timestamp":1,"clock":"gil"}"#, "clock: expected one of wall, cpu, found 'gil'"),
    (#"{"file":"a","timestamp":1,"clock":7}"#, "clock: expected a string, found 7"),
    (
      #"{"file":"a","timestamp":1,"weight":0}"#,
      "weight: expected a number above 0, up to 9223372036, found 0"
    ),
    (
      #"{"file":"a","timestamp":1,"weight":"-2"}"#,
      "weight: expected a number above 0, up to 9223372036, found '-2'"
    ),
    (
      #"{"file":"a","timestamp":1,"weight":{}}"#,
      "weight: expected a number above 0, up to 9223372036, found an object"
    ),
    (
      #"{"file":"a","timestamp":1,"covers":"hour"}"#,
      "covers: expected one of call, slice, unknown, found 'hour'"
    ),
    (#"{"file":"a","timestamp":1,"id":7}"#, "id: expected a string, found 7"),
    (#"{"file":"a","timestamp":1,"id":""}"#, "id: expected a string that is not empty, found ''"),
    (
      #"{"file":"a","timestamp":1,"id":" \u2003\n"}"#,
      "id: expected a string that is not empty, found ' \u{2003}\n'"
    ),
    (
      #"{"file":"a","timestamp":1,"id":"","profileID":"00000000000000000000000000000000"}"#,
      "id: expected a string that is not empty, found ''"
    ),
    (
      #"{"file":"a","timestamp":1,"id":"\ud800"}"#,
      "id: expected a string without lone surrogates, found '\u{fffd}\u{fffd}\u{fffd}'"
    ),
    (
      #"{"file":"a","timestamp":1,"profileID":"-0000000000000000000000000000000"}"#,
      "profileID: expected 32 hexadecimal digits, found '-0000000000000000000000000000000'"
    ),
    (
      #"{"file":"a","timestamp":"-8520336000.000000001"}"#,
      "timestamp: expected a start from 1700-01-01T00:00:00Z to 2200-01-01T00:00:00Z, "
        + "found '-8520336000.000000001'"
    ),
    (
      #"{"file":"a","timestamp":7258118401}"#,
      "timestamp: expected a start from 1700-01-01T00:00:00Z to 2200-01-01T00:00:00Z, "
        + "found 7258118401"
    ),
    (
      #"{"file":"a","timestamp":1,"duration":"-0.000000001"}"#,
      "duration: expected 0 or more seconds, and an end before 2262-04-12, found '-0.000000001'"
    ),
    (
      #"{"file":"a","timestamp":1,"duration":9223372036.8}"#,
      "duration: expected 0 or more seconds, and an end before 2262-04-12, found 9223372036.8"
    ),
    (
      #"{"file":"a","timestamp":1,"labels":{"":"x"}}"#,
      "label '': expected a key of 1 to 200 bytes, found 0 bytes"
    ),
    (
      #"{"file":"a","timestamp":1,"labels":{"\ud800":"x"}}"#,
      "at byte 36: expected a key in UTF-8, without lone surrogates"
    ),
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

  @Test(arguments: [
    ("7258118400", Timestamp.lastStart), ("-8520336000", .firstStart),
    ("0", Timestamp(nanoseconds: 0)),
  ])
  func `the largest weight, and the ends of the range, are read`(
    _ seconds: String,
    _ start: Timestamp
  ) throws {
    let line =
      #"{"file":"a","timestamp":\#(seconds),"duration":"0","weight":"9223372036.854775807"}"#
    let entry = try Self.read(line)
    #expect(entry.start == start)
    #expect(entry.duration == .zero)
  }

  private static func line(labels: [(String, String)]) -> String {
    let fields = labels.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",")
    return "{\"file\":\"a\",\"timestamp\":1,\"labels\":{\(fields)}}"
  }

  @Test func `labels have bounds, which are inclusive`() throws {
    func text(_ count: Int) -> String { String(repeating: "x", count: count) }
    let many = (0..<64).map { ("k\($0)", "") }
    #expect(try Self.read(Self.line(labels: many)).labels.pairs.count == 64)
    // Of a key given twice, the last value holds.
    #expect(try Self.read(Self.line(labels: many + [("k0", "y")])).labels["k0"] == "y")
    let one = try Self.read(Self.line(labels: [(text(200), text(4_096))]))
    #expect(one.labels.pairs.map { $0.value.utf8.count } == [4_096])
    #expect(
      Self.error(Self.line(labels: many + [("k64", "")])) == "labels: expected at most 64, found 65"
    )
    #expect(
      Self.error(Self.line(labels: [(text(201), "")]))
        == "label '\(text(40))…': expected a key of 1 to 200 bytes, found 201 bytes"
    )
    #expect(
      Self.error(Self.line(labels: [("k", text(4_097))]))
        == "label 'k': expected a value of at most 4096 bytes, found 4097 bytes"
    )
  }

  @Test func `a line has a bound, which is inclusive`() throws {
    let line = Self.line(labels: [("k", "")])
    let padding = String(repeating: " ", count: SpoolEntry.maximumLineSize - line.utf8.count)
    #expect(try Self.read(line + padding).labels == ["k": ""])
    #expect(try Self.read(line + padding + "\n").labels == ["k": ""])
    #expect(Self.error(line + padding + " ") == "expected at most 65536 bytes, found 65537")
  }

  @Test func `a message shows no more of a value than people read`() throws {
    let digits = String(repeating: "9", count: 60_000)
    let reason = try #require(Self.error("{\"file\":\"a\",\"timestamp\":\(digits)}"))
    #expect(
      reason == "timestamp: expected seconds as a decimal string, found \(digits.prefix(60))…"
    )
  }
}
