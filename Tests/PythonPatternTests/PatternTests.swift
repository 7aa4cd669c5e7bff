// SPDX-License-Identifier: Apache-2.0

import StrataCore
import PythonPattern
import Testing

struct PatternTests {
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
    #expect(try Pattern(parsing: source).matches(text))
  }

  private static let missed: [(String, ByteString)] = [
    ("Handle", "handle"), ("^py", "app.py"), ("py\\Z", "app.py\n"), ("^b$", "a\nb\nc"),
    ("a.c", "a\nc"), ("[^a]", "a"), ("x{2,}", "axa"), ("(?a)\\w", "é"), ("(?ai)é", "É"),
    ("\\B", ""), ("\\bet", "get"), ("(?i)ss", "ß"), ("e\u{301}", "é"), ("é", "e\u{301}"),
  ]

  @Test(arguments: missed)
  func `does not find what does not match`(source: String, text: ByteString) throws {
    #expect(try !Pattern(parsing: source).matches(text))
  }

  @Test(arguments: [
    ("a|ab", "ab", true), ("a", "ab", false), ("b", "ab", false), ("a*", "", true),
    ("eu-.*", "eu-west", true), ("eu-.*", "eu-\nwest", false), ("a$", "a\n", false),
    ("(a|b)+?", "abab", true), ("plain", "plain", true), ("plain", "plainer", false),
  ])
  func `tells a match of the whole text`(source: String, text: ByteString, isMatch: Bool) throws {
    #expect(try Pattern(parsing: source).matchesWhole(text) == isMatch)
  }

  @Test func `takes bytes that are not UTF-8 for surrogates as Python does`() throws {
    let text = ByteString([0x61, 0xFF, 0xED, 0xA0, 0x80, 0xC3])
    #expect(try Pattern(parsing: "a\\udcff\\ud800\\udcc3").matchesWhole(text))
    #expect(try Pattern(parsing: "\\udcff").matches(text))
    #expect(try Pattern(parsing: ".{4}").matchesWhole(text))
  }

  @Test func `compares expressions by code points`() throws {
    let composed = try Pattern(parsing: "\u{E9}")
    #expect(try composed == Pattern(parsing: "\u{E9}"))
    #expect(try composed != Pattern(parsing: "e\u{301}"))
  }
}
