// SPDX-License-Identifier: Apache-2.0

import PythonPattern
import Testing

/// What Python refuses is refused in its words; the caller can tell it from a limit of ours.
struct PatternRefusalTests {
  private static let simple = [
    ("*", "nothing to repeat at position 0"),
    ("a**", "multiple repeat at position 2"),
    ("(a", "missing ), unterminated subpattern at position 0"),
    ("a)", "unbalanced parenthesis at position 1"),
    ("[a", "unterminated character set at position 0"),
    ("[b-a]", "bad character range b-a at position 1"),
    ("a{2,1}", "min repeat greater than max repeat at position 2"),
    ("\\q", "bad escape \\q at position 0"),
    ("\\z", "bad escape \\z at position 0"),
    ("a\\", "bad escape (end of pattern) at position 1"),
    ("a(?i)b", "global flags not at the start of the expression at position 1"),
    ("a\n\n*?*", "multiple repeat at position 5 (line 3, column 3)"),
    ("(?P<1>a)", "bad character in group name '1' at position 4"),
  ]

  private static let groups = [
    ("(?<=a*)", "look-behind requires fixed-width pattern"),
    ("(?<!a|bc)", "look-behind requires fixed-width pattern"),
    ("(?<=(?<=a+)b*)c", "look-behind requires fixed-width pattern"),
    ("(?<=(a{4294967294}){2})", "looks too much behind"),
    ("(a\\1)", "cannot refer to an open group at position 2"),
    ("\\1(a)", "invalid group reference 1 at position 1"),
    ("(?P=n)", "unknown group name 'n' at position 4"),
    ("(?P<n>a(?P=n))", "cannot refer to an open group at position 11"),
    ("(?P<n>a)(?P<n>b)", "redefinition of group name 'n' as group 2; was group 1 at position 12"),
    ("(?(2)a)(b)", "invalid group reference 2 at position 3"),
    ("(?(0)a)", "bad group number at position 3"),
    ("(?(1073741823)a)", "invalid group reference 1073741823 at position 3"),
    ("(?(n)a)", "unknown group name 'n' at position 3"),
    ("(?(1)a|b|c)(d)", "conditional backref with more than two branches at position 8"),
    ("(?(1)a", "missing ), unterminated subpattern at position 0"),
    ("(?(a", "missing ), unterminated name at position 3"),
    ("(?(", "missing group name at position 3"),
    ("(?()a)", "missing group name at position 3"),
    (
      "(?<=(a)\\1)",
      "cannot refer to group defined in the same lookbehind subpattern at position 9"
    ),
    (
      "(?<=(?P<n>a)(?P=n))",
      "cannot refer to group defined in the same lookbehind subpattern at position 18"
    ),
    (
      "(?<=(a)(?(1)b))",
      "cannot refer to group defined in the same lookbehind subpattern at position 12"
    ),
    ("((?<=\\1))", "cannot refer to an open group at position 5"),
    ("(?<a)", "unknown extension ?<a at position 1"),
    ("(?<", "unexpected end of pattern at position 3"),
    ("(?<=a", "missing ), unterminated subpattern at position 0"),
    ("(?>a", "missing ), unterminated subpattern at position 0"),
    ("(?=a", "missing ), unterminated subpattern at position 0"),
    ("a*++", "multiple repeat at position 3"),
    ("a+++", "multiple repeat at position 3"),
    ("a{2}+*", "multiple repeat at position 5"),
    ("\\N", "missing { at position 2"),
    ("\\N{", "missing character name at position 3"),
    ("\\N{}", "missing character name at position 3"),
    ("\\N{A", "missing }, unterminated name at position 3"),
    ("\\N{LATIN}", "undefined character name 'LATIN' at position 0"),
    ("\\N{a\u{200B}'}", "undefined character name \"a\\u200b'\" at position 0"),
    ("[\\N{X}]", "undefined character name 'X' at position 1"),
    ("(?P=é", "missing ), unterminated name at position 4"),
    ("(?P<a b>)", "bad character in group name 'a b' at position 4"),
    ("\\8", "invalid group reference 8 at position 1"),
    ("(a)\\2", "invalid group reference 2 at position 4"),
    ("^*+", "nothing to repeat at position 1"),
    ("(?(²)a)", "bad character in group name '²' at position 3"),
    ("(?(𐀀)a)", "unknown group name '𐀀' at position 3"),
  ]

  @Test(arguments: simple + groups)
  func `refuses what Python refuses, in its words`(source: String, reason: String) {
    #expect(throws: PatternError.invalid(source, reason: reason)) {
      try Pattern(parsing: source)
    }
  }

  @Test(arguments: [
    ("a{9999999999}", "the repetition number is too large"),
    ("(?a)(?u)", "ASCII and UNICODE flags are incompatible"),
  ])
  func `tells apart what Python does not call invalid`(source: String, reason: String) {
    #expect(throws: PatternError.limitExceeded(source, reason: reason)) {
      try Pattern(parsing: source)
    }
  }
}
