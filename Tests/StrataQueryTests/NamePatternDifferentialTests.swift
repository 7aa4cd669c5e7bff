// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Testing

@testable import StrataQuery

/// Compares with what CPython 3.13 says, which `Fixtures/README.md` tells how to get.
struct NamePatternDifferentialTests {
  @Test func `finds what Python finds and refuses what Python refuses`() throws {
    let rows = try PatternFixture.rows()
    #expect(rows.count >= 3_000)
    for row in rows {
      let verdict = Self.verdict(on: row)
      #expect(
        Self.agrees(verdict, with: row.verdict),
        "\(row.pattern.debugDescription) on \(row.text): \(verdict), Python: \(row.verdict)"
      )
    }
  }

  private static func verdict(on row: PatternFixture) -> String {
    do {
      let pattern = try NamePattern(parsing: row.pattern)
      let text = ByteString(row.text)
      return (pattern.matches(text) ? "1" : "0") + (pattern.matchesWhole(text) ? "1" : "0")
    } catch QueryError.badPattern(_, let reason) {
      return "!" + reason
    } catch {
      return "\(error)"
    }
  }

  /// Results and refusals are the same, but what is not supported may stand before Python's mistake.
  private static func agrees(_ verdict: String, with python: String) -> Bool {
    guard verdict.hasSuffix("is not supported") else { return verdict == python }
    return python == "unsupported" || python.hasPrefix("!")
  }

  @Test(arguments: ["d", "s", "w"])
  func `knows the members of Python's categories`(letter: Unicode.Scalar) throws {
    let category = try #require(CharacterCategory(escape: letter, isASCII: false))
    let known = try Self.codePoints(of: "known")
    let members = Set(known.filter(category.contains))
    #expect(members == Set(try Self.codePoints(of: String(letter))))
  }

  @Test func `knows which letters Python takes for the same`() throws {
    let known = Set(try Self.codePoints(of: "known"))
    let groups = try Self.rows(of: "case").map { $0.flatMap { Array($0) } }
    #expect(groups.count > 1_400)
    for group in groups {
      for value in group {
        let found = CaseEquivalence.codePoints(equivalentTo: value, isASCII: false)
        #expect(found.filter(known.contains).sorted() == group)
      }
    }
    let cased = Set(groups.joined())
    for value in known.subtracting(cased) {
      let found = CaseEquivalence.codePoints(equivalentTo: value, isASCII: false)
      #expect(found.filter(known.contains) == [value])
    }
  }

  private static func codePoints(of name: String) throws -> [UInt32] {
    try rows(of: name).joined().flatMap { Array($0) }
  }

  /// The ranges of each row with a name.
  private static func rows(of name: String) throws -> [[ClosedRange<UInt32>]] {
    try PatternFixture.lines(of: "characters.tsv").compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.first == name[...] else { return nil }
      return try fields.dropFirst().map { field in
        let ends = field.split(separator: "-").compactMap { UInt32($0, radix: 16) }
        return try #require(ends.first)...(try #require(ends.last))
      }
    }
  }
}
