// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Testing

@testable import StrataQuery

/// What hostile expressions and texts may cost.
struct PatternLimitTests {
  @Test(arguments: ["(a+)+$", "^(a|a)*$", "^(a*)*(a*)*$", "(?:a?){50}a{50}$", "(.*)(.*)(.*)x"])
  func `matches in steps that grow with the text alone`(source: String) throws {
    let text = Array(repeating: UInt8(ascii: "a"), count: 100_000) + [UInt8(ascii: "b")]
    let shortened = source.contains("{50}") ? Array(text.suffix(5_000)) : text
    let program = try Self.program(source)
    var matcher = LinearMatcher(program)
    let isMatch = matcher.matches(shortened)
    #expect(!isMatch)
    #expect(matcher.steps <= program.instructions.count * (shortened.count + 1))
  }

  private static func program(_ source: String) throws -> LinearProgram {
    try #require(LinearCompiler.compile(PatternParser.parse(source)))
  }

  @Test(arguments: [
    ("(?:a{1000}){1000}", false), ("a{20000}", true), ("(?:a?){0,4000000000}", true),
    ("(((((((((a{99}){99}){99}){99}){99}){99}){99}){99}){99})", false),
    ("(\(String(repeating: "()", count: 2_000))a){20000}", true), ("(a{9,}?b?){2000,}", true),
  ])
  func `leaves what is too long written out to the other matcher`(
    source: String,
    isMatch: Bool
  ) throws {
    #expect(try LinearCompiler.compile(PatternParser.parse(source)) == nil)
    let text = ByteString(Array(repeating: UInt8(ascii: "a"), count: 20_000))
    #expect(try NamePattern(parsing: source).matchesWhole(text) == isMatch)
  }

  @Test(arguments: ["(){4000000000}", "((){1000000}){1000000}", "(?:(?:a{0}){9999}){9999}"])
  func `reads repeats of nothing at once`(source: String) throws {
    #expect(try NamePattern(parsing: source).matchesWhole(""))
  }

  @Test func `refuses an expression that is too long without repeating all of it`() {
    let source = String(repeating: "a", count: 1_000_000)
    let error = QueryError.patternLimit(
      String(repeating: "a", count: 60) + "...",
      reason: "it is longer than 4096 characters"
    )
    #expect(throws: error) { try NamePattern(parsing: source) }
  }

  @Test(arguments: [("(", 1), ("(?=", 3), ("(?<!", 4), ("(?>", 3), ("()(?(1)", 7)])
  func `refuses groups that are nested too deep`(opening: String, length: Int) throws {
    let source = String(repeating: opening, count: 101) + String(repeating: ")", count: 101)
    let reason = "groups nested deeper than 100 at position \(100 * length)"
    #expect(throws: QueryError.patternLimit(source, reason: reason)) {
      try NamePattern(parsing: source)
    }
    let shallow = String(source.dropFirst(length).dropLast())
    #expect(throws: Never.self) { try NamePattern(parsing: shallow).matches("") }
  }

  private static let odd = [
    "(?P<n>a|[^]b-c\\d\\x41-\\u00e9]{2,3}?)|(?i-s:\\w+?)*$(?#c)\\N{A}", "(?x) a # c\n | [ # ]{,}",
    "(?P=n)(?(1)a|b)(?<=a)(?<!b)(?=c)(?!d)(?>e)f*+", "\\8\\777\\07\\U0010FFFF\\UFFFFFFFF",
    "(?aiLmsux-imsx:a)(?P>a)(?P<é>b)(?P<\u{301}>c)", "((((a{1{2}3}{,}{1,{2,}{,3}{4,5}????",
    "[]-a][^]-][a-][--a][\\w-a][[:alpha:]][a&&b]]", "\u{0}\n\u{FFFD}\u{10FFFF}\r\n{\r\n}*",
  ]

  @Test(arguments: odd)
  func `reads or refuses every part of an odd expression`(source: String) {
    let scalars = Array(source.unicodeScalars)
    for start in scalars.indices {
      for end in start...scalars.count {
        let part = String(String.UnicodeScalarView(scalars[start..<end]))
        _ = try? NamePattern(parsing: part).matches(ByteString(source))
      }
    }
  }

  @Test func `decodes any bytes`() {
    for first: UInt8 in 0...255 {
      for rest: [UInt8] in [[], [0x80], [0xBF, 0x80], [0x90, 0x80, 0x80], [0xA0, 0x41], [0xFF]] {
        let bytes = [first] + rest
        let (value, length) = CodePointDecoder.decode(bytes, at: 0)
        #expect(value <= 0x10FFFF && (1...bytes.count).contains(length))
        #expect(length > 1 || value == (first < 0x80 ? 0 : 0xDC00) + UInt32(first))
      }
    }
    for scalar: Unicode.Scalar in ["\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"] {
      let bytes = Array(String(scalar).utf8)
      #expect(CodePointDecoder.decode(bytes, at: 0) == (scalar.value, bytes.count))
    }
  }
}
