// SPDX-License-Identifier: Apache-2.0

/// Reads an expression in the syntax of Python 3.13's `re`.
///
/// The structure follows CPython's `re/_parser.py`, so that both find the same mistakes at the same
/// positions. Flags are resolved while reading: Python allows global ones at the start only.
struct PatternParser {
  /// How many code points an expression may have.
  static let maximumLength = 4_096
  /// How deep groups may be nested.
  static let maximumDepth = 100

  var tokenizer: PatternTokenizer
  var sets = CodePointSetTable()
  var groups = PatternGroupTable()
  var globalFlags: PatternFlags = []
  /// The first lookbehind whose width is not fixed, and what Python says about it in the end.
  var badLookbehind: (start: Int, message: String)?

  /// Reads an expression.
  static func parse(_ source: String) throws(QueryError) -> PatternTree {
    guard source.unicodeScalars.count <= maximumLength else {
      let start = String(source.unicodeScalars.prefix(60))
      throw .patternLimit(start + "...", reason: "it is longer than \(maximumLength) characters")
    }
    var parser = PatternParser(tokenizer: try PatternTokenizer(source))
    return try parser.parseTree()
  }

  private mutating func parseTree() throws(QueryError) -> PatternTree {
    let root = try parseAlternation(flags: [], depth: 0)
    guard !globalFlags.isSuperset(of: [.ascii, .unicode]) else {
      throw tokenizer.excess("ASCII and UNICODE flags are incompatible")
    }
    guard tokenizer.next == nil else { throw tokenizer.failure("unbalanced parenthesis") }
    try groups.checkConditions(tokenizer)
    if let badLookbehind { throw tokenizer.failure(withoutPosition: badLookbehind.message) }
    let width = root.width(in: groups).minimum
    return PatternTree(
      root: root,
      sets: sets.sets,
      groupCount: groups.count,
      minimumWidth: Int(clamping: width)
    )
  }

  /// Reads `a|b|c`.
  mutating func parseAlternation(
    flags: PatternFlags,
    depth: Int
  ) throws(QueryError) -> PatternNode {
    var branches: [PatternNode] = []
    repeat {
      let isStart = depth == 0 && branches.isEmpty
      let current = depth == 0 ? globalFlags : flags
      branches.append(try parseSequence(flags: current, depth: depth, isStart: isStart))
    } while try tokenizer.skip("|")
    return branches.count == 1 ? branches[0] : .alternation(branches)
  }

  /// Reads what comes one after the other.
  mutating func parseSequence(
    flags start: PatternFlags,
    depth: Int,
    isStart: Bool = false
  ) throws(QueryError) -> PatternNode {
    var flags = start
    var items: [PatternNode] = []
    while let token = tokenizer.next, token != .plain("|"), token != .plain(")") {
      try tokenizer.advance()
      if flags.contains(.verbose), try skipVerbose(token) { continue }
      switch token {
      case .plain("*"), .plain("+"), .plain("?"), .plain("{"):
        try parseRepeat(token, of: &items, flags: flags)
      case .plain("("):
        let mayChangeFlags = isStart && items.isEmpty
        items += try parseGroup(flags: flags, depth: depth, mayChangeFlags: mayChangeFlags)
        if depth == 0 { flags = globalFlags }
      default:
        items.append(try parseSimple(token, flags: flags))
      }
    }
    return items.count == 1 ? items[0] : .sequence(items)
  }

  /// Reads one code point, set or assertion.
  private mutating func parseSimple(
    _ token: PatternTokenizer.Token,
    flags: PatternFlags
  ) throws(QueryError) -> PatternNode {
    switch token {
    case .plain("."):
      flags.contains(.dotAll) ? .any : .anyButNewline
    case .plain("^"):
      .assertion(flags.contains(.multiline) ? .lineStart : .textStart)
    case .plain("$"):
      .assertion(flags.contains(.multiline) ? .lineEnd : .lastLineEnd)
    case .plain("["):
      try parseSet(flags: flags)
    case .plain(let scalar):
      literal(scalar.value, flags: flags)
    case .escaped(let scalar):
      try parseEscape(scalar, flags: flags)
    }
  }

  /// Whether the token was white space or the start of a comment, which has been stepped over.
  private mutating func skipVerbose(_ token: PatternTokenizer.Token) throws(QueryError) -> Bool {
    switch token {
    case .plain(" "), .plain("\t"), .plain("\n"), .plain("\r"), .plain("\u{B}"), .plain("\u{C}"):
      return true
    case .plain("#"):
      while let next = try tokenizer.take(), next != .plain("\n") {}
      return true
    default:
      return false
    }
  }

  /// A code point, or with the flag `i` the set of its cases.
  func literalCases(_ value: UInt32, flags: PatternFlags) -> [UInt32] {
    guard flags.contains(.ignoreCase) else { return [value] }
    return CaseEquivalence.codePoints(equivalentTo: value, isASCII: flags.contains(.ascii))
  }

  /// A node for a code point, whatever its case if the flags say so.
  mutating func literal(_ value: UInt32, flags: PatternFlags) -> PatternNode {
    let cases = literalCases(value, flags: flags)
    guard cases.count > 1 else { return .codePoint(value) }
    return .set(sets.index(of: CodePointSet(ranges: cases.map { $0...$0 })))
  }
}
