// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Testing

@testable import PythonPattern

/// What hostile expressions and texts may cost the matcher that backtracks.
struct BacktrackingMatcherTests {
  private static func text(_ count: Int, _ end: String = "") -> [UInt8] {
    Array(repeating: UInt8(ascii: "a"), count: count) + Array(end.utf8)
  }

  /// A small allowance: the tests are built without optimisation.
  private static func run(
    _ source: String,
    on text: [UInt8],
    steps: Int = 20_000_000
  ) throws -> Bool? {
    let program = BacktrackingCompiler.compile(try PatternParser.parse(source))
    var matcher = BacktrackingMatcher(program, text: text, isWhole: false, steps: steps)
    return matcher.run()
  }

  @Test(arguments: [
    "(a+)+\\1$", "^(?=(a|a)*$)", "(?:a|aa)+$", "((a+)*)*\\1c", "(?:(?=a)a?){100}$",
    "(.*)(.*)(.*)\\3x",
    "(?:(a)|a|\\1)*c", "(?<=b)|(?:a{0,9}){50}c", "(?>a|(?=a)){100000}(?:a?a?)*c",
  ])
  func `gives up where the ways to match are too many`(source: String) throws {
    #expect(try Self.run(source, on: Self.text(2_000, "b"), steps: 100_000) == nil)
  }

  private static func impatient(_ source: String) throws -> Pattern {
    var pattern = try Pattern(parsing: source)
    pattern.maximumSteps = 100_000
    return pattern
  }

  @Test func `names the expression when it gives up`() throws {
    let pattern = try Self.impatient("(a+)+\\1$")
    let error = PatternError.tooSlow("(a+)+\\1$", length: 1_001)
    let text = ByteString(Self.text(1_000, "b"))
    #expect(throws: error) { try pattern.matches(text) }
    #expect(throws: error) { try pattern.matchesWhole(text) }
    #expect("\(error)".contains("'(a+)+\\1$'"))
  }

  /// Each of these takes a few steps for each code point, so a long text is no reason to give up.
  @Test(arguments: [
    ("(?<=a)b", true), ("(?<!a)b", false), ("^(?!.*b.)", true), ("(?=b)b\\Z", true),
    ("^a*+b$", true),
    ("^(?>a|b)*+$", true), ("^(?:(?>a))*b", true), ("^(a)(?:\\1)*b", true),
    ("^(?:(a)|b)*$(?(1)|c)", true),
    ("^(?=(?:a|b)*?$)", true), ("^(?:a??)*?b(?!.)", true), ("^((?=a)a)+b", true),
  ])
  func `matches a long text, whose ways lie on no call stack`(source: String, found: Bool) throws {
    #expect(try Self.run(source, on: Self.text(50_000, "b")) == found)
  }

  @Test func `gives up before its stacks take much memory`() throws {
    let program = BacktrackingCompiler.compile(try PatternParser.parse("(?=a)(?:a|b)*c"))
    let text = Self.text(100_000)
    var matcher = BacktrackingMatcher(program, text: text, isWhole: true, steps: 100_000)
    #expect(matcher.run() == nil)
    // An iteration adds two choices and three changes.
    #expect(matcher.stacks.depth <= matcher.maximumDepth + 5)
  }

  @Test(arguments: ["(?:", "(?=", "(?>", "("])
  func `matches groups as deep as they may be`(opening: String) throws {
    let source = String(repeating: opening, count: 100) + "a" + String(repeating: ")*", count: 100)
    #expect(try Self.run(source, on: Self.text(20, "b")) == true)
  }

  @Test func `does not try where the text is too short`() throws {
    #expect(try Self.run("(a+)+\\1b{100}", on: Self.text(90), steps: 1) == false)
  }
}
