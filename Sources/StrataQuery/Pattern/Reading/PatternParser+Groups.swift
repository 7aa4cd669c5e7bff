// SPDX-License-Identifier: Apache-2.0

extension PatternParser {
  /// What stands between the opening of a group and its contents.
  private enum Opening {
    case capturing(name: String?)
    case plain(PatternFlags)
    /// A comment, or flags for the whole expression: there are no contents.
    case nothing
  }

  /// Reads a group whose parenthesis has been read; a comment or global flags give no node.
  mutating func parseGroup(
    flags: PatternFlags,
    depth: Int,
    mayChangeFlags: Bool
  ) throws(QueryError) -> [PatternNode] {
    let start = tokenizer.position - 1
    switch try parseOpening(start: start, flags: flags, mayChangeFlags: mayChangeFlags) {
    case .nothing:
      return []
    case .plain(let inner):
      return [try parseContents(flags: inner, depth: depth, start: start)]
    case .capturing(let name):
      let number = try groups.open(name: name, tokenizer)
      let node = try parseContents(flags: flags, depth: depth, start: start)
      groups.close(number)
      return [node]
    }
  }

  private mutating func parseContents(
    flags: PatternFlags,
    depth: Int,
    start: Int
  ) throws(QueryError) -> PatternNode {
    guard depth < Self.maximumDepth else {
      throw tokenizer.failure("groups nested deeper than \(Self.maximumDepth)", at: start)
    }
    let inner = try parseAlternation(flags: flags, depth: depth + 1)
    guard try tokenizer.skip(")") else {
      throw tokenizer.failure("missing ), unterminated subpattern", at: start)
    }
    return .group(inner)
  }

  private mutating func parseOpening(
    start: Int,
    flags: PatternFlags,
    mayChangeFlags: Bool
  ) throws(QueryError) -> Opening {
    guard try tokenizer.skip("?") else { return .capturing(name: nil) }
    let token = try takeOfGroup()
    switch token {
    case .plain("P"): return try parsePythonExtension(start: start)
    case .plain(":"): return .plain(flags)
    case .plain("#"): return try skipComment(start: start)
    case .plain("="): throw tokenizer.unsupported("lookahead '(?='", at: start)
    case .plain("!"): throw tokenizer.unsupported("negative lookahead '(?!'", at: start)
    case .plain("<"): throw try lookbehindFailure(start: start)
    case .plain("("): throw try conditionFailure(start: start)
    case .plain(">"): throw tokenizer.unsupported("an atomic group '(?>'", at: start)
    default: break
    }
    guard token == .plain("-") || PatternFlags.flag(for: token) != nil else {
      throw tokenizer.failure("unknown extension ?\(token.text)", back: token.length + 1)
    }
    guard let (added, removed) = try parseFlags(startingWith: token) else {
      guard mayChangeFlags else {
        let message = "global flags not at the start of the expression"
        throw tokenizer.failure(message, at: start)
      }
      return .nothing
    }
    return .plain(flags.changed(adding: added, removing: removed))
  }

  private mutating func takeOfGroup() throws(QueryError) -> PatternTokenizer.Token {
    guard let token = try tokenizer.take() else {
      throw tokenizer.failure("unexpected end of pattern")
    }
    return token
  }

  private mutating func skipComment(start: Int) throws(QueryError) -> Opening {
    while let token = try tokenizer.take() {
      if token == .plain(")") { return .nothing }
    }
    throw tokenizer.failure("missing ), unterminated comment", at: start)
  }

  private mutating func parsePythonExtension(start: Int) throws(QueryError) -> Opening {
    if try tokenizer.skip("<") {
      let name = try tokenizer.take(until: ">", name: "group name")
      try groups.check(name: name, tokenizer)
      return .capturing(name: name)
    }
    if try tokenizer.skip("=") {
      let name = try tokenizer.take(until: ")", name: "group name")
      throw groups.failure(forReference: name, at: start, tokenizer)
    }
    let token = try takeOfGroup()
    throw tokenizer.failure("unknown extension ?P\(token.text)", back: token.length + 2)
  }

  private mutating func lookbehindFailure(start: Int) throws(QueryError) -> QueryError {
    let token = try takeOfGroup()
    return switch token {
    case .plain("="): tokenizer.unsupported("lookbehind '(?<='", at: start)
    case .plain("!"): tokenizer.unsupported("negative lookbehind '(?<!'", at: start)
    default: tokenizer.failure("unknown extension ?<\(token.text)", back: token.length + 2)
    }
  }

  private mutating func conditionFailure(start: Int) throws(QueryError) -> QueryError {
    let name = try tokenizer.take(until: ")", name: "group name")
    return groups.failure(forCondition: name, at: start, tokenizer)
  }
}
