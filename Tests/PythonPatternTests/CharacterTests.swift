// SPDX-License-Identifier: Apache-2.0

import StrataCore

import Testing

@testable import PythonPattern

/// Compares what is known of single characters with CPython, whose Unicode is 15.1.
struct CharacterTests {
  private static let all = UInt32(0)...0x10FFFF

  @Test(arguments: ["d", "s", "w"])
  func `knows the members of Python's categories`(letter: Unicode.Scalar) throws {
    let category = try #require(CharacterCategory(escape: letter, isASCII: false))
    let members = Self.all.filter(category.contains)
    #expect(try members == Self.ranges(of: String(letter)).joined().flatMap { Array($0) })
  }

  @Test func `knows which letters Python takes for the same`() throws {
    let groups = try Self.ranges(of: "case").map { $0.flatMap { Array($0) } }
    #expect(groups.count == 1_427)
    let group = Dictionary(
      uniqueKeysWithValues: groups.flatMap { group in group.map { ($0, group) } }
    )
    for value in Self.all {
      let found = CaseEquivalence.codePoints(equivalentTo: value, isASCII: false)
      guard found.sorted() != group[value, default: [value]] else { continue }
      Issue.record("U+\(String(value, radix: 16)) matches \(found)")
    }
  }

  @Test func `folds letters for backreferences as Python does`() throws {
    var expected: [[UInt32]] = []
    var last: [UInt32] = []
    for line in try PatternFixture.lines(of: "characters.tsv") {
      let members = line.split(separator: " ").dropFirst().compactMap { UInt32($0, radix: 16) }
      if line.hasPrefix("case ") {
        expected.append(members)
        last = members
      } else if line.hasPrefix("same ") {
        // Parts take the place of the whole.
        if expected.last == last { expected.removeLast() }
        expected.append(members)
      }
    }
    var found: [UInt32: [UInt32]] = [:]
    for value in Self.all {
      let folded = CaseEquivalence.folded(value, .unicode)
      if folded != value { found[folded, default: [folded]].append(value) }
    }
    #expect(Set(found.values.map { $0.sorted() }) == Set(expected.filter { $0.count > 1 }))
  }

  @Test func `finds every character by its name`() throws {
    let lines = try PatternFixture.lines(of: "characters.tsv")
    let expected = try #require(lines.first { $0.hasPrefix("names ") })
    var count = 0
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for scalar in Self.all.lazy.compactMap(Unicode.Scalar.init) {
      guard let name = scalar.properties.name, CharacterNames.scalar(named: name) == scalar else {
        continue
      }
      count += 1
      for byte in "\(String(scalar.value, radix: 16, uppercase: true)) \(name)\n".utf8 {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
      }
    }
    #expect("names \(count) \(String(hash, radix: 16, uppercase: true))" == expected)
  }

  @Test func `finds characters by aliases, and no others`() throws {
    let lines = try PatternFixture.lines(of: "characters.tsv").filter { $0.hasPrefix("name ") }
    #expect(lines.count > 250)
    for line in lines {
      let fields = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      let scalar = CharacterNames.scalar(named: String(fields[2]))
      let found = scalar.map { String($0.value, radix: 16, uppercase: true) } ?? "-"
      #expect(found == fields[1], "\(fields[2])")
    }
  }

  @Test(arguments: [
    ("a", "'a'"), ("it's", "\"it's\""), ("'\"", "'\\'\"'"), ("\\\n\r\t", "'\\\\\\n\\r\\t'"),
    ("\0\u{7F}\u{A0}", "'\\x00\\x7f\\xa0'"), ("é\u{200B}\u{AD}", "'é\\u200b\\xad'"),
    ("😀\u{E0001}", "'😀\\U000e0001'"), ("\u{378}\u{A7CB}", "'\\u0378\\ua7cb'"), ("", "''"),
  ])
  func `quotes a text as Python's repr does`(text: String, quoted: String) {
    #expect(text.pythonQuoted == quoted)
  }

  /// The ranges of each row with a name.
  private static func ranges(of name: String) throws -> [[ClosedRange<UInt32>]] {
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
