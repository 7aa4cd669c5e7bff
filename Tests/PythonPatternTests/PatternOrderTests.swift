// SPDX-License-Identifier: Apache-2.0

import StrataCore
import PythonPattern
import Testing

/// Expressions that depend on captures or on the order of attempts; what CPython 3.13 says of each.
struct PatternOrderTests {
  private static let lookaround: [(String, ByteString, Bool)] = [
    ("(?<=/)re(/|\\.)", "lib/re/__init__.py", true), ("(?<=/)re(/|\\.)", "lib/core/a.py", false),
    ("(?<!_)get", "_get", false), ("(?<!_)get", "a.get", true), ("^(?!test_)", "test_a", false),
    ("^(?!test_)", "a_test_", true), ("a(?=b)", "ab", true), ("a(?=b)", "ac", false),
    ("(?=.*z)(?=.*a)", "a z", true), ("(?<=\\bé.)x", "été éax", true), ("(?<=a|b)c", "bc", true),
    ("(?<=(?:ab){2})c", "ababc", true), ("(?<=^a)b", "ab", true), ("(?<=^a)b", "aab", false),
    ("(?<=)a", "a", true), ("(?!)", "a", false), ("(?=)", "", true), ("(?<!a)", "a", true),
    ("a(?!b(?!c))", "abc", true), ("a(?!b(?!c))", "abd", false), ("(?<=a(?=b))b", "ab", true),
    ("(?i)(?<=K)X", "\u{212A}x", true), ("(?=a)*b", "b", true), ("(?:(?=a)|b)+c", "bc", true),
    ("(?<=a{3})b", "aaab", true),
  ]

  @Test(arguments: lookaround)
  func `looks ahead and behind`(source: String, text: ByteString, found: Bool) throws {
    #expect(try Pattern(parsing: source).matches(text) == found)
  }

  private static let references: [(String, ByteString, Bool)] = [
    ("(?P<a>[a-z])(?P=a)", "abb", true), ("(?P<a>[a-z])(?P=a)", "aba", false),
    ("(\\w+) \\1", "the the", true), ("(\\w+) \\1$", "the them", false),
    ("(?i)(a)\\1", "aA", true), ("(?i:(a))\\1", "aA", false), ("(?i)(k)\\1", "k\u{212A}", true),
    ("(?i)(s)\\1", "s\u{17F}", false), ("(?ai)(é)\\1", "éÉ", false), ("(?i)(é)\\1", "éÉ", true),
    ("(?i)(σ)\\1", "σς", false), ("(a)|b\\1", "b", false), ("(a)?b\\1", "b", false),
    ("(a?)b\\1", "b", true), ("(?:(a)|b)*\\1", "aba", true),
    ("(?:(a|b)(?=(.)))+\\2", "abcc", true), ("(?=(a+))a*b\\1", "baaabac", true),
    ("(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10", "abcdefghijj", true), ("(a)\\01", "a\u{1}", true),
    ("(?<=(a))\\1", "aa", true), ("(a)(?<=\\1)b", "ab", true), ("((a)|b)+\\2", "abb", false),
    ("(a){0}\\1", "a", false), ("(😀|é)\\1", "😀😀", true),
  ]

  @Test(arguments: references)
  func `finds again what a group captured`(source: String, text: ByteString, found: Bool) throws {
    #expect(try Pattern(parsing: source).matches(text) == found)
  }

  private static let conditions: [(String, ByteString, Bool)] = [
    ("^(<)?a(?(1)>|$)", "<a>", true), ("^(<)?a(?(1)>|$)", "a", true),
    ("^(<)?a(?(1)>|$)", "<a", false), ("^(?P<q>\")?a(?(q)\")$", "\"a\"", true),
    ("^(?P<q>\")?a(?(q)\")$", "\"a", false), ("(?(1)a|b)(c)", "bc", true),
    ("(?(1)a|b)(c)", "ac", false), ("(?:(a)|b)(?(1)c|d)", "bd", true),
    ("((?(1)a|b))+c", "bac", true), ("((?(1)a|b))+c", "aac", false), ("(a)?(?(1)|b)", "b", true),
    ("^((c)(?:x|.(?(1)a|b)))(d)", "cxad", true), ("^((c)(?:x|.(?(1)a|b)))(d)", "cxbd", false),
    ("(?(01)a)(b)", "b", true),
  ]

  @Test(arguments: conditions)
  func `depends on whether a group took part`(source: String, text: ByteString, found: Bool) throws
  {
    #expect(try Pattern(parsing: source).matches(text) == found)
  }

  private static let order: [(String, ByteString, Bool)] = [
    ("(?>a|ab)c", "abc", false), ("(?>ab|a)c", "abc", true), ("(?>a*)a", "aaa", false),
    ("(?:a*)a", "aaa", true), ("a*+a", "aaa", false), ("a*+b", "aab", true), ("a++b", "b", false),
    ("a?+a", "a", false), ("a{1,2}+a", "aa", false), ("a{1,2}+a", "aaa", true),
    ("(?:ab|a)*+b", "abab", true), ("(?:a|ab)*+c", "abc", true), ("(?:ab?)*+b", "abb", true),
    ("(?>(a)|b)*\\1", "aba", true), ("(?>(?:a|ab)+)c", "aabc", false),
    ("(?>a(?=b)|ab)c", "abc", false), ("(a|ab)(?>c|bcd)(d*)", "abcd", true),
    ("(?:(?>a)b?)*+c", "aabac", true), ("(?:)*+a", "a", true), ("(?:a?)*+b", "ab", true),
    ("(?:a?){3}b", "ab", true), ("(?:a??)*?b", "aab", true), ("(?:(?=a)){4}a", "a", true),
    ("(?=(?:a|b){2,3}?c)", "abbc", true), ("(?=a{2,}?b)", "aaab", true),
    ("(?=a{1,2}?$)", "aaa", true),
  ]

  @Test(arguments: order)
  func `keeps to the first way that is found`(source: String, text: ByteString, found: Bool) throws
  {
    #expect(try Pattern(parsing: source).matches(text) == found)
  }

  private static let names: [(String, ByteString, Bool)] = [
    ("\\N{LATIN SMALL LETTER E WITH ACUTE}", "é", true),
    ("[\\N{digit one}-\\N{DIGIT THREE}]", "2", true),
    ("(?i)\\N{LATIN CAPITAL LETTER A}", "a", true), ("\\N{HANGUL SYLLABLE GAG}", "각", true),
    ("\\N{CJK UNIFIED IDEOGRAPH-4E00}", "一", true), ("\\N{NULL}", "\u{0}", true),
    ("\\N{VS17}", "\u{E0100}", true),
  ]

  @Test(arguments: names)
  func `knows characters by name`(source: String, text: ByteString, found: Bool) throws {
    #expect(try Pattern(parsing: source).matches(text) == found)
  }

  @Test(arguments: [
    ("(?=a)a|ab", "ab", true), ("(?>a|ab)", "ab", false), ("(a|ab)\\1?", "ab", true),
    ("(?=ab)a", "ab", false), ("a*+", "aa", true), ("(?<=a)b", "b", false), ("(a)\\1", "aa", true),
    ("(a??)(?(1)b)*", "abb", true), ("(?!b)a$", "a\n", false), ("(?!b).{2}", "é\u{1F600}", true),
  ])
  func `tells a match of the whole text`(source: String, text: ByteString, isMatch: Bool) throws {
    #expect(try Pattern(parsing: source).matchesWhole(text) == isMatch)
  }

  @Test func `takes bytes that are not UTF-8 for surrogates as Python does`() throws {
    let text = ByteString([0x61, 0xFF, 0xFF, 0xED, 0xA0, 0x80])
    #expect(try Pattern(parsing: "(\\udcff)\\1(?=\\ud800)").matches(text))
    #expect(try Pattern(parsing: "(?<=^.{3}).(?!.)").matches(text))
  }
}
