// SPDX-License-Identifier: Apache-2.0

extension PatternParser {
  /// What stands between the opening of a group and its contents.
  private enum Opening {
    case capturing(name: String?)
    case plain(PatternFlags)
    case atomic
    case look(isBehind: Bool, isNegated: Bool)
    case conditional(group: Int)
    /// A backreference by name, which has no contents.
    case reference(group: Int)
    /// A comment, or flags for the whole expression: there are no contents either.
    case nothing
  }

  /// Reads a group whose parenthesis has been read; a comment or global flags give no node.
  mutating func parseGroup(
    flags: PatternFlags,
    depth: Int,
    mayChangeFlags: Bool
  ) throws(QueryError) -> [PatternNode] {
    let start = tokenizer.position - 1
    let inside = Inside(flags: flags, depth: depth, start: start)
    switch try parseOpening(start: start, flags: flags, mayChangeFlags: mayChangeFlags) {
    case .nothing:
      return []
    case .reference(let group):
      return [.reference(group: group, flags.folding)]
    case .plain(let flags):
      let inside = Inside(flags: flags, depth: depth, start: start)
      return [.group(try parseContents(inside), number: nil)]
    case .atomic:
      return [.atomic(try parseContents(inside))]
    case .look(let isBehind, let isNegated):
      return [try parseLook(inside, isBehind: isBehind, isNegated: isNegated)]
    case .conditional(let group):
      return [try parseConditional(inside, group: group)]
    case .capturing(let name):
      let number = try groups.open(name: name, tokenizer)
      let node = try parseContents(inside)
      groups.close(number, width: node.width(in: groups))
      return [.group(node, number: number)]
    }
  }

  private mutating func parseOpening(
    start: Int,
    flags: PatternFlags,
    mayChangeFlags: Bool
  ) throws(QueryError) -> Opening {
    guard try tokenizer.skip("?") else { return .capturing(name: nil) }
    let token = try takeOfGroup()
    switch token {
    case .plain("P"): return try parsePythonExtension()
    case .plain(":"): return .plain(flags)
    case .plain("#"): return try skipComment(start: start)
    case .plain("="): return .look(isBehind: false, isNegated: false)
    case .plain("!"): return .look(isBehind: false, isNegated: true)
    case .plain("<"): return try parseLookbehind()
    case .plain("("): return try parseCondition()
    case .plain(">"): return .atomic
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

  private mutating func parsePythonExtension() throws(QueryError) -> Opening {
    if try tokenizer.skip("<") {
      let name = try tokenizer.take(until: ">", name: "group name")
      try groups.check(name: name, tokenizer)
      return .capturing(name: name)
    }
    if try tokenizer.skip("=") {
      let name = try tokenizer.take(until: ")", name: "group name")
      return .reference(group: try groups.reference(to: name, tokenizer))
    }
    let token = try takeOfGroup()
    throw tokenizer.failure("unknown extension ?P\(token.text)", back: token.length + 2)
  }

  private mutating func parseLookbehind() throws(QueryError) -> Opening {
    let token = try takeOfGroup()
    switch token {
    case .plain("="): return .look(isBehind: true, isNegated: false)
    case .plain("!"): return .look(isBehind: true, isNegated: true)
    default: throw tokenizer.failure("unknown extension ?<\(token.text)", back: token.length + 2)
    }
  }

  private mutating func parseCondition() throws(QueryError) -> Opening {
    let name = try tokenizer.take(until: ")", name: "group name")
    return .conditional(group: try groups.condition(on: name, tokenizer))
  }
}
