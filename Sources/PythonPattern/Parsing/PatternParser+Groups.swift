// SPDX-License-Identifier: Apache-2.0

extension PatternParser {
  /// What comes between the opening of a group and its contents.
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
  ) throws(PatternError) -> [PatternNode] {
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
      // Numbered by its opening parenthesis. While it is open nothing may refer to it, for it has
      // captured nothing, and its width is not known.
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
  ) throws(PatternError) -> Opening {
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
    // Only flags can come now: a letter that is none is an unknown extension to Python.
    guard token == .plain("-") || PatternFlags.flag(for: token) != nil else {
      throw tokenizer.failure("unknown extension ?\(token.text)", back: token.length + 1)
    }
    guard let (added, removed) = try parseFlags(startingWith: token) else {
      // As in CPython, mistakes within the flags come first.
      guard mayChangeFlags else {
        let message = "global flags not at the start of the expression"
        throw tokenizer.failure(message, at: start)
      }
      return .nothing
    }
    return .plain(flags.changed(adding: added, removing: removed))
  }

  private mutating func takeOfGroup() throws(PatternError) -> PatternTokenizer.Token {
    guard let token = try tokenizer.take() else {
      throw tokenizer.failure("unexpected end of pattern")
    }
    return token
  }

  private mutating func skipComment(start: Int) throws(PatternError) -> Opening {
    while let token = try tokenizer.take() {
      if token == .plain(")") { return .nothing }
    }
    throw tokenizer.failure("missing ), unterminated comment", at: start)
  }

  private mutating func parsePythonExtension() throws(PatternError) -> Opening {
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

  private mutating func parseLookbehind() throws(PatternError) -> Opening {
    let token = try takeOfGroup()
    switch token {
    case .plain("="): return .look(isBehind: true, isNegated: false)
    case .plain("!"): return .look(isBehind: true, isNegated: true)
    default: throw tokenizer.failure("unknown extension ?<\(token.text)", back: token.length + 2)
    }
  }

  private mutating func parseCondition() throws(PatternError) -> Opening {
    let name = try tokenizer.take(until: ")", name: "group name")
    return .conditional(group: try groups.condition(on: name, tokenizer))
  }
}

// MARK: - Contents

extension PatternParser {
  /// CPython's `MAXCODE`, the widest that a lookbehind may be.
  private static let maximumLookbehind: UInt128 = 4_294_967_295

  /// Where the contents of a group are.
  struct Inside {
    let flags: PatternFlags
    let depth: Int
    /// The position of the group's parenthesis.
    let start: Int
  }

  /// Reads the contents of a group and its closing parenthesis.
  mutating func parseContents(_ inside: Inside) throws(PatternError) -> PatternNode {
    try checkDepth(inside)
    let contents = try parseAlternation(flags: inside.flags, depth: inside.depth + 1)
    try close(inside)
    return contents
  }

  /// Reads the contents of a lookahead or lookbehind.
  mutating func parseLook(
    _ inside: Inside,
    isBehind: Bool,
    isNegated: Bool
  ) throws(PatternError) -> PatternNode {
    // CPython refuses references to groups of the lookbehind that they are in. Of nested ones the
    // outermost counts.
    let isOutermost = isBehind && groups.openLookbehind()
    try checkDepth(inside)
    let contents = try parseAlternation(flags: inside.flags, depth: inside.depth + 1)
    if isOutermost { groups.closeLookbehind() }
    try close(inside)
    // The matcher steps back by the width and then matches forwards: so it must be fixed.
    let width = isBehind ? lookbehindWidth(of: contents, start: inside.start) : nil
    return .look(PatternLook(width: width, isNegated: isNegated), contents)
  }

  /// Reads what follows the condition of `(?(1)...|...)`.
  mutating func parseConditional(
    _ inside: Inside,
    group: Int
  ) throws(PatternError) -> PatternNode {
    try checkDepth(inside)
    let depth = inside.depth + 1
    let first = try parseSequence(flags: inside.flags, depth: depth)
    var second = PatternNode.sequence([])
    if try tokenizer.skip("|") {
      second = try parseSequence(flags: inside.flags, depth: depth)
      guard tokenizer.next != .plain("|") else {
        throw tokenizer.failure("conditional backref with more than two branches")
      }
    }
    try close(inside)
    return .conditional(group: group, first, otherwise: second)
  }

  private func checkDepth(_ inside: Inside) throws(PatternError) {
    guard inside.depth < Self.maximumDepth else {
      let depth = Self.maximumDepth
      throw tokenizer.excess("groups nested deeper than \(depth) at position \(inside.start)")
    }
  }

  private mutating func close(_ inside: Inside) throws(PatternError) {
    guard try tokenizer.skip(")") else {
      throw tokenizer.failure("missing ), unterminated subpattern", at: inside.start)
    }
  }

  /// Python looks for lookbehinds that it cannot match once all has been read, outer ones first.
  private mutating func lookbehindWidth(of contents: PatternNode, start: Int) -> Int {
    let width = contents.width(in: groups)
    let message: String? =
      if width.minimum > Self.maximumLookbehind {
        "looks too much behind"
      } else if !width.isFixed {
        "look-behind requires fixed-width pattern"
      } else {
        nil
      }
    if let message, badLookbehind.map({ start < $0.start }) ?? true {
      badLookbehind = (start, message)
    }
    return Int(clamping: width.minimum)
  }
}

// MARK: - Flags

extension PatternParser {
  private typealias Token = PatternTokenizer.Token
  typealias FlagChange = (added: PatternFlags, removed: PatternFlags)

  /// Reads the flags of `(?im)` or `(?i-s:...)`, whose first letter or hyphen has been read.
  ///
  /// Flags for the whole expression are set and give no change for a group.
  mutating func parseFlags(
    startingWith first: PatternTokenizer.Token
  ) throws(PatternError) -> FlagChange? {
    var added: PatternFlags = []
    var end: Token = first
    if first != .plain("-") {
      (added, end) = try parseAddedFlags(first)
    }
    if end == .plain(")") {
      globalFlags.formUnion(added)
      return nil
    }
    let removed = end == .plain("-") ? try parseRemovedFlags() : []
    guard added.isDisjoint(with: removed) else {
      throw tokenizer.failure("bad inline flags: flag turned on and off", back: 1)
    }
    return (added, removed)
  }

  private mutating func parseAddedFlags(
    _ first: Token
  ) throws(PatternError) -> (PatternFlags, end: Token) {
    var added: PatternFlags = []
    var token = first
    while token != .plain(")"), token != .plain("-"), token != .plain(":") {
      let flag = try flag(for: token, otherwise: "missing -, : or )")
      added.insert(flag)
      try checkTypes(of: added, with: flag)
      guard let next = try tokenizer.take() else {
        throw tokenizer.failure("missing -, : or )")
      }
      token = next
    }
    return (added, token)
  }

  private func checkTypes(
    of added: PatternFlags,
    with flag: PatternFlags
  ) throws(PatternError) {
    // Each letter is judged as it comes: the position of a mistake is behind it.
    guard flag != .locale else {
      throw tokenizer.failure("bad inline flags: cannot use 'L' flag with a str pattern")
    }
    guard flag.isDisjoint(with: .types) || added.intersection(.types) == flag else {
      let message = "bad inline flags: flags 'a', 'u' and 'L' are incompatible"
      throw tokenizer.failure(message)
    }
  }

  private mutating func parseRemovedFlags() throws(PatternError) -> PatternFlags {
    var removed: PatternFlags = []
    var missing = "missing flag"
    while true {
      guard let token = try tokenizer.take() else { throw tokenizer.failure(missing) }
      if !removed.isEmpty, token == .plain(":") { return removed }
      let flag = try flag(for: token, otherwise: missing)
      guard flag.isDisjoint(with: .types) else {
        let message = "bad inline flags: cannot turn off flags 'a', 'u' and 'L'"
        throw tokenizer.failure(message)
      }
      removed.insert(flag)
      // One flag is required behind the hyphen; after it, more flags or the colon.
      missing = "missing :"
    }
  }

  private func flag(
    for token: Token,
    otherwise message: String
  ) throws(PatternError) -> PatternFlags {
    if let flag = PatternFlags.flag(for: token) { return flag }
    let isLetter = token.plain.map(CharacterCategory.isLetter) ?? false
    throw tokenizer.failure(isLetter ? "unknown flag" : message, back: token.length)
  }
}
