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
  static func parse(_ source: String) throws(PatternError) -> PatternTree {
    guard source.unicodeScalars.count <= maximumLength else {
      let start = String(source.unicodeScalars.prefix(60))
      throw .limitExceeded(start + "...", reason: "it is longer than \(maximumLength) characters")
    }
    var parser = PatternParser(tokenizer: try PatternTokenizer(source))
    return try parser.parseTree()
  }

  private mutating func parseTree() throws(PatternError) -> PatternTree {
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
  ) throws(PatternError) -> PatternNode {
    var branches: [PatternNode] = []
    repeat {
      let isStart = depth == 0 && branches.isEmpty
      // Global flags come at the start of the first branch, and hold for all branches.
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
  ) throws(PatternError) -> PatternNode {
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
        // The group may have been `(?i)`, which holds from here on.
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
  ) throws(PatternError) -> PatternNode {
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
  private mutating func skipVerbose(_ token: PatternTokenizer.Token) throws(PatternError) -> Bool {
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

// MARK: - Repeats

extension PatternParser {
  /// The number at which Python's engine stops counting.
  private static let repeatLimit = 4_294_967_295

  /// Reads `*`, `+`, `?` or `{...}`, whose first token has been read, and repeats the last item.
  ///
  /// A brace that starts no quantifier is a brace.
  mutating func parseRepeat(
    _ token: PatternTokenizer.Token,
    of items: inout [PatternNode],
    flags: PatternFlags
  ) throws(PatternError) {
    let start = tokenizer.position - token.length
    guard var times = try parseTimes(token) else {
      return items.append(literal(0x7B, flags: flags))
    }
    guard let item = items.last else { throw tokenizer.failure("nothing to repeat", at: start) }
    switch item {
    case .assertion: throw tokenizer.failure("nothing to repeat", at: start)
    case .repeated: throw tokenizer.failure("multiple repeat", at: start)
    default: break
    }
    times.preference = try parsePreference()
    items[items.count - 1] = .repeated(item, times)
  }

  private mutating func parsePreference() throws(PatternError) -> PatternRepeat.Preference {
    if try tokenizer.skip("?") { return .lazy }
    return try tokenizer.skip("+") ? .possessive : .greedy
  }

  private mutating func parseTimes(
    _ token: PatternTokenizer.Token
  ) throws(PatternError) -> PatternRepeat? {
    switch token {
    case .plain("*"): PatternRepeat(minimum: 0, maximum: nil)
    case .plain("+"): PatternRepeat(minimum: 1, maximum: nil)
    case .plain("?"): PatternRepeat(minimum: 0, maximum: 1)
    default: try parseBraces()
    }
  }

  private mutating func parseBraces() throws(PatternError) -> PatternRepeat? {
    // CPython's exceptions: `{}` is two characters, `{,}` is `*`, and what has no brace at its end
    // is read again as it is written.
    guard tokenizer.next != .plain("}") else { return nil }
    let start = tokenizer.position
    let low = try digits()
    let high = try tokenizer.skip(",") ? digits() : low
    guard try tokenizer.skip("}") else {
      try tokenizer.seek(to: start)
      return nil
    }
    let minimum = try count(low) ?? 0
    let maximum = try count(high)
    if let maximum, maximum < minimum {
      throw tokenizer.failure("min repeat greater than max repeat", at: start)
    }
    return PatternRepeat(minimum: minimum, maximum: maximum)
  }

  private mutating func digits() throws(PatternError) -> String {
    try tokenizer.take(atMost: .max) { ("0"..."9").contains($0) }
  }

  private func count(_ digits: String) throws(PatternError) -> Int? {
    guard !digits.isEmpty else { return nil }
    guard let count = Int(digits), count < Self.repeatLimit else {
      throw tokenizer.excess("the repetition number is too large")
    }
    return count
  }
}
