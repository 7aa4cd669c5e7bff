// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

@testable import PythonPattern

/// What hostile expressions and texts may cost.
struct PatternLimitTests {
  @Test(arguments: ["(a+)+$", "^(a|a)*$", "^(a*)*(a*)*$", "(?:a?){50}a{50}$", "(.*)(.*)(.*)x"])
  func `matches in steps that grow with the text alone`(source: String) throws {
    let text = Array(repeating: UInt8(ascii: "a"), count: 100_000) + [UInt8(ascii: "b")]
    let shortened = source.contains("{50}") ? Array(text.suffix(5_000)) : text
    let program = try Self.program(source)
    var matcher = LinearMatcher(program, steps: .max)
    #expect(matcher.run(shortened, isWhole: false) == false)
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
    #expect(try Pattern(parsing: source).matchesWhole(text) == isMatch)
  }

  @Test(arguments: ["(?:a?){9000}X", "[ab]{19000}c", "(?:a|b|aa|bb){3000}c"])
  func `gives a long expression up on a long text, whichever matcher has it`(
    source: String
  ) throws {
    let text = ByteString(Array(repeating: UInt8(ascii: "a"), count: 30_000))
    var pattern = try Pattern(parsing: source)
    pattern.maximumSteps = 200_000
    let error = PatternError.tooSlow(source, length: 30_000)
    #expect(throws: error) { try pattern.matches(text) }
    // A text of usual length is none of this.
    let name: ByteString = "/usr/lib/python3.13/json/decoder.py:343(raw_decode)"
    #expect(try !Pattern(parsing: source).matches(name))
  }

  @Test func `takes as many steps as it was given, and 32 for each code point`() throws {
    let program = try Self.program("(?:a?){99}b")
    let text = Array(repeating: UInt8(ascii: "a"), count: 10_000)
    var matcher = LinearMatcher(program, steps: 5_000)
    #expect(matcher.run(text, isWhole: false) == nil)
    #expect(matcher.steps > 5_000)
    #expect(matcher.steps <= 5_000 + 32 * text.count + program.instructions.count)
    var whole = LinearMatcher(program, steps: 5_000)
    #expect(whole.run(text, isWhole: true) == nil)
  }

  @Test func `finds plain texts, also those that repeat themselves`() throws {
    var random = SeededGenerator(seed: 6)
    for _ in 0..<5_000 {
      func letters(_ most: Int) -> String {
        let count = Int.random(in: 0...most, using: &random)
        return String((0..<count).map { _ in ["a", "b"].randomElement(using: &random) ?? "a" })
      }
      let (word, text) = (letters(6), letters(40))
      let isFound = try Pattern(parsing: word).matches(ByteString(text))
      #expect(isFound == (word.isEmpty || text.contains(word)), "\(word) in \(text)")
    }
    // Compared from each place anew this takes 4,000 times as long.
    let word = String(repeating: "a", count: 4_000) + "b"
    let text = ByteString(Array(repeating: UInt8(ascii: "a"), count: 400_000))
    #expect(try !Pattern(parsing: word).matches(text))
  }

  @Test(arguments: ["(){4000000000}", "((){1000000}){1000000}", "(?:(?:a{0}){9999}){9999}"])
  func `reads repeats of nothing at once`(source: String) throws {
    #expect(try Pattern(parsing: source).matchesWhole(""))
  }

  @Test func `refuses an expression that is too long without repeating all of it`() {
    let source = String(repeating: "a", count: 1_000_000)
    let error = PatternError.limitExceeded(
      String(repeating: "a", count: 60) + "...",
      reason: "it is longer than 4096 characters"
    )
    #expect(throws: error) { try Pattern(parsing: source) }
  }

  @Test(arguments: [("(", 1), ("(?=", 3), ("(?<!", 4), ("(?>", 3), ("()(?(1)", 7)])
  func `refuses groups that are nested too deep`(opening: String, length: Int) throws {
    let source = String(repeating: opening, count: 101) + String(repeating: ")", count: 101)
    let reason = "groups nested deeper than 100 at position \(100 * length)"
    #expect(throws: PatternError.limitExceeded(source, reason: reason)) {
      try Pattern(parsing: source)
    }
    let shallow = String(source.dropFirst(length).dropLast())
    #expect(throws: Never.self) { try Pattern(parsing: shallow).matches("") }
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
        _ = try? Pattern(parsing: part).matches(ByteString(source))
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
