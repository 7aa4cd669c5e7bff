// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataSpool
import StrataTestSupport
import StrataTesting
import Testing

struct SpoolLineTests {
  private static func text(_ entry: SpoolEntry) -> String {
    String(decoding: entry.line, as: UTF8.self)
  }

  @Test func `what is absent or a default is left out`() {
    let entry = SpoolEntry(file: "a.prof", start: Timestamp(nanoseconds: 1_500_000_000))
    #expect(Self.text(entry) == "{\"file\":\"a.prof\",\"timestamp\":\"1.5\"}\n")
  }

  @Test func `keys have one order, and an identity is written as it was given`() throws {
    let entry = SpoolEntry(
      file: "é/a.prof",
      start: Timestamp(nanoseconds: 1_767_603_600_771_000_001),
      duration: .milliseconds(2_500),
      labels: ["input": "a\"b\n", "endpoint": "search"],
      kind: .traced,
      clock: .cpu,
      weight: try #require(Weight(decimal: "2.5")),
      covers: .slice
    )
    let expected =
      #"{"file":"é/a.prof","timestamp":"1767603600.771000001","duration":"2.5","#
      + #""labels":{"endpoint":"search","input":"a\"b\u000a"},"kind":"traced","clock":"cpu","#
      + #""weight":"2.5","covers":"slice""#
    #expect(Self.text(entry) == expected + "}\n")
    let given = entry.line(id: "x\"1")
    #expect(String(decoding: given, as: UTF8.self) == expected + #","id":"x\"1"}"# + "\n")
    #expect(try SpoolEntry(line: given[...]).id == ProfileID(given: "x\"1"))
  }

  @Test func `an identity of an export is itself, and holds against a given one`() throws {
    let id = ProfileID(given: "x")
    let text = "{\"file\":\"a\",\"timestamp\":\"0\",\"id\":\"y\",\"profileID\":\"\(id)\"}"
    #expect(try SpoolEntry(line: Array(text.utf8)[...]).id == id)
    for bad in [
      "", "x", String(id.description.dropLast()), "+" + id.description.dropFirst(),
      "-" + String(repeating: "0", count: 31),
    ] {
      let text = "{\"file\":\"a\",\"timestamp\":\"0\",\"profileID\":\"\(bad)\"}"
      #expect(throws: SpoolEntryError.self) { try SpoolEntry(line: Array(text.utf8)[...]) }
    }
  }

  @Test(
    arguments: [
      (0, "0"), (1, "0.000000001"), (-1, "-0.000000001"), (1_000_000_000, "1"),
      (-1_500_000_000, "-1.5"), (123_000_000, "0.123"),
      (Timestamp.lastStart.nanoseconds - 1, "7258118399.999999999"),
      (Timestamp.firstStart.nanoseconds, "-8520336000"),
    ] as [(Int64, String)]
  )
  func `times are written exactly, without zeros at their end`(
    _ nanoseconds: Int64,
    _ text: String
  ) throws {
    var entry = SpoolEntry(
      file: "a",
      start: Timestamp(nanoseconds: nanoseconds),
      duration: .nanoseconds(nanoseconds)
    )
    #expect(
      Self.text(entry) == "{\"file\":\"a\",\"timestamp\":\"\(text)\",\"duration\":\"\(text)\"}\n"
    )
    entry.duration = .nanoseconds(nanoseconds.magnitude % 1_000_000)
    #expect(try SpoolEntry(line: entry.line[...]) == entry)
  }

  @Test func `a part of a duration below a nanosecond is cut`() throws {
    let duration = Duration(secondsComponent: 1, attosecondsComponent: 1_999_999_999)
    let entry = SpoolEntry(file: "a", start: Timestamp(nanoseconds: 0), duration: duration)
    #expect(try SpoolEntry(line: entry.line[...]).duration == .nanoseconds(1_000_000_001))
  }

  @Test func `random entries are read back as they were`() throws {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<2_000 {
      let entry = RandomEntries.entry(&random)
      let line = entry.line
      #expect(line.last == UInt8(ascii: "\n"))
      #expect(line.count { $0 == UInt8(ascii: "\n") } == 1)
      #expect(try SpoolEntry(line: line[...]) == entry)
    }
  }
}

/// Entries of an index like those of real programs, and stranger ones.
private enum RandomEntries {
  /// Quotes, escapes, control characters, line ends of Unicode, and beyond ASCII.
  private static let pieces = [
    "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\r", "\t", "\0", "\u{1}", "\u{7f}", "\u{85}",
    "\u{2028}", "é", "e\u{301}", "関", "😀", "\u{fffd}", "{", "}", ":", ",", "\\u0041",
  ]

  static func entry(_ random: inout SeededGenerator) -> SpoolEntry {
    let labels = (0..<Int.random(in: 0...4, using: &random)).map { _ in
      Labels.Label(key: "k" + text(&random), value: text(&random))
    }
    return SpoolEntry(
      file: "a" + text(&random).replacing("\0", with: "").replacing("/", with: "_"),
      start: Timestamp(nanoseconds: number(&random) / 2),
      duration: Bool.random(using: &random)
        ? nil : .nanoseconds(number(&random).magnitude / 8),
      labels: Labels(labels),
      kind: Bool.random(using: &random) ? nil : ProfileKind.allCases.randomElement(using: &random),
      clock: Bool.random(using: &random)
        ? nil : ProfileClock.allCases.randomElement(using: &random),
      weight: weight(&random),
      covers: Coverage.allCases.randomElement(using: &random) ?? .call,
      id: Bool.random(using: &random) ? nil : ProfileID(given: text(&random)),
      timeSource: Bool.random(using: &random)
        ? nil : TimeSource.allCases.randomElement(using: &random)
    )
  }

  private static func text(_ random: inout SeededGenerator) -> String {
    (0..<Int.random(in: 0...6, using: &random)).map { _ in
      pieces.randomElement(using: &random) ?? ""
    }.joined()
  }

  /// A number of any size, at times with zeros at its end.
  private static func number(_ random: inout SeededGenerator) -> Int64 {
    let number =
      Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...63, using: &random)
    let unit: Int64 = [1, 1_000, 1_000_000_000].randomElement(using: &random) ?? 1
    return number / unit * unit
  }

  private static func weight(_ random: inout SeededGenerator) -> Weight {
    // A text holds up to 2⁶³ billionths.
    Weight(exactMillionths: number(&random) / 1_000) ?? .one
  }
}
