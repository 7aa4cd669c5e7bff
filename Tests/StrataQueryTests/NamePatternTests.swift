// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import Testing

struct NamePatternTests {
  private static let found: [(String, ByteString)] = [
    ("", ""), ("", "a"), ("handle", "app.py:12(handle_request)"), ("^app", "app.py"),
    ("py$", "app.py"), ("py$", "app.py\n"), ("py\\Z", "app.py"), ("(?m)^b$", "a\nb\nc"),
    ("a.c", "abc"), ("(?s)a.c", "a\nc"), ("[[]", "["), ("[]a]", "]"), ("[^]a]", "b"),
    ("{method", "{method 'append' of 'list' objects}"), ("a{,2}b", "b"), ("x{2,}", "axx"),
    ("(?P<name>a|b)+", "ab"), ("(?#comment)a", "a"), ("(?x) a b # c", "ab"), ("(?i)ÉTÉ", "été"),
    ("(?i:a)B", "AB"), ("(?i)a(?-i:B)", "AB"), ("(?i)straſe", "STRASE"), ("\\bget\\b", "a.get()"),
    ("\\w+", "é"), ("(?a)\\W", "é"), ("\\d", "٣"), ("\\x41\\u00e9\\U0001F600", "Aé😀"),
    ("\\101\\0", "A\0"), ("[\\b]", "\u{8}"), ("a*?b", "aab"), ("😀?$", "😀"), ("(?i)[𐐀a]", "𐐨"),
  ]

  @Test(arguments: found)
  func `finds what matches`(source: String, text: ByteString) throws {
    #expect(try NamePattern(parsing: source).matches(text))
  }

  private static let missed: [(String, ByteString)] = [
    ("Handle", "handle"), ("^py", "app.py"), ("py\\Z", "app.py\n"), ("^b$", "a\nb\nc"),
    ("a.c", "a\nc"), ("[^a]", "a"), ("x{2,}", "axa"), ("(?a)\\w", "é"), ("(?ai)é", "É"),
    ("\\B", ""), ("\\bet", "get"), ("(?i)ss", "ß"), ("e\u{301}", "é"), ("é", "e\u{301}"),
  ]

  @Test(arguments: missed)
  func `does not find what does not match`(source: String, text: ByteString) throws {
    #expect(try !NamePattern(parsing: source).matches(text))
  }

  @Test(arguments: [
    ("a|ab", "ab", true), ("a", "ab", false), ("b", "ab", false), ("a*", "", true),
    ("eu-.*", "eu-west", true), ("eu-.*", "eu-\nwest", false), ("a$", "a\n", false),
    ("(a|b)+?", "abab", true), ("plain", "plain", true), ("plain", "plainer", false),
  ])
  func `tells a match of the whole text`(source: String, text: ByteString, isMatch: Bool) throws {
    #expect(try NamePattern(parsing: source).matchesWhole(text) == isMatch)
  }

  @Test func `takes bytes that are not UTF-8 for surrogates as Python does`() throws {
    let text = ByteString([0x61, 0xFF, 0xED, 0xA0, 0x80, 0xC3])
    #expect(try NamePattern(parsing: "a\\udcff\\ud800\\udcc3").matchesWhole(text))
    #expect(try NamePattern(parsing: "\\udcff").matches(text))
    #expect(try NamePattern(parsing: ".{4}").matchesWhole(text))
  }

  @Test(arguments: [
    ("*", "nothing to repeat at position 0"), ("a**", "multiple repeat at position 2"),
    ("(a", "missing ), unterminated subpattern at position 0"),
    ("a)", "unbalanced parenthesis at position 1"),
    ("[a", "unterminated character set at position 0"),
    ("[b-a]", "bad character range b-a at position 1"),
    ("a{2,1}", "min repeat greater than max repeat at position 2"),
    ("\\q", "bad escape \\q at position 0"), ("\\z", "bad escape \\z at position 0"),
    ("a\\", "bad escape (end of pattern) at position 1"),
    ("a(?i)b", "global flags not at the start of the expression at position 1"),
    ("a\n\n*?*", "multiple repeat at position 5 (line 3, column 3)"),
    ("(?P<1>a)", "bad character in group name '1' at position 4"),
    ("a{9999999999}", "the repetition number is too large"),
  ])
  func `refuses what Python refuses, in its words`(source: String, reason: String) {
    #expect(throws: QueryError.badPattern(source, reason: reason)) {
      try NamePattern(parsing: source)
    }
  }

  @Test(arguments: [
    ("(a)\\1", "a backreference '\\1' at position 3"),
    ("(?P<n>a)(?P=n)", "a backreference '(?P=n)' at position 8"),
    ("b(?=a)", "lookahead '(?=' at position 1"),
    ("(?!a)", "negative lookahead '(?!' at position 0"),
    ("(?<=a)", "lookbehind '(?<=' at position 0"),
    ("(?<!a)", "negative lookbehind '(?<!' at position 0"),
    ("(a)(?(1)b)", "a conditional group '(?(1)' at position 3"),
    ("a*+", "a possessive quantifier at position 1"),
    ("(?>a)", "an atomic group '(?>' at position 0"),
    ("\\N{DASH}", "a character by name, '\\N{...}', at position 0"),
  ])
  func `names the construct that is not supported`(source: String, construct: String) {
    let error = QueryError.badPattern(source, reason: "\(construct) is not supported")
    #expect(throws: error) { try NamePattern(parsing: source) }
  }

  @Test func `compares expressions by code points`() throws {
    let composed = try NamePattern(parsing: "\u{E9}")
    #expect(try composed == NamePattern(parsing: "\u{E9}"))
    #expect(try composed != NamePattern(parsing: "e\u{301}"))
  }
}
