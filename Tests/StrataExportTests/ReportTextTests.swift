// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import Testing

import StrataFormats
@testable import StrataExport

/// Numbers and texts as Python writes them (Fixtures/Reports/make.py).
struct ReportTextTests {
  private static let fixtures = Fixtures(folder: "Reports")

  @Test func `numbers have the decimals of Python`() throws {
    let rows = try Self.fixtures.json("reports.json").field("numbers").elements
    for row in rows {
      let digits = try row.elements[0].text.string
      let bits = try #require(UInt64(digits, radix: 16))
      let text = FixedDecimal.text(of: Double(bitPattern: bits))
      let expected = try row.elements[1].text
      #expect(ByteString(text) == expected, "\(Double(bitPattern: bits))")
    }
    #expect(rows.count > 1000)
  }

  @Test func `texts are quoted as Python quotes them`() throws {
    for row in try Self.fixtures.json("reports.json").field("representations").elements {
      let text = try row.elements[0].text.string
      let expected = try row.elements[1].text
      #expect(ByteString(text.pythonQuoted) == expected)
    }
  }

  @Test func `abbreviations of sort keys are those of pstats`() throws {
    let words = try Self.fixtures.json("reports.json").field("abbreviations").elements
      .map { try $0.text.string }
    let prefixes = Set(
      SortKey.words.flatMap { entry in
        entry.word.indices.map { String(entry.word[...$0]) }
      }
    )
    #expect(Set(words) == prefixes.filter { SortKey(word: $0) != nil })
    #expect(SortKey(word: "cu") == .cumulativeTime)
    #expect(SortKey(word: "cum") == nil)
    #expect(SortKey(word: "-1") == .standardName)
  }

  @Test func `a stamp is that of ctime`() {
    let time = Timestamp(nanoseconds: 1_700_000_000_900_000_000)
    let text = FileStamp.localTime(time)
    // The zone is the machine's: minutes and seconds are the same in most of them.
    #expect(text.contains("Nov 1"))
    #expect(text.hasSuffix(":20 2023"))
    #expect(text.utf8.count == 24)
    #expect(FileStamp.localTime(Timestamp(nanoseconds: -1)).utf8.count == 24)
  }
}
