// SPDX-License-Identifier: Apache-2.0

extension PatternParser {
  private typealias Token = PatternTokenizer.Token
  typealias FlagChange = (added: PatternFlags, removed: PatternFlags)

  /// Reads the flags of `(?im)` or `(?i-s:...)`, whose first letter or hyphen has been read.
  ///
  /// Flags for the whole expression are set and give no change for a group.
  mutating func parseFlags(
    startingWith first: PatternTokenizer.Token
  ) throws(QueryError) -> FlagChange? {
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
  ) throws(QueryError) -> (PatternFlags, end: Token) {
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
  ) throws(QueryError) {
    guard flag != .locale else {
      throw tokenizer.failure("bad inline flags: cannot use 'L' flag with a str pattern")
    }
    guard flag.isDisjoint(with: .types) || added.intersection(.types) == flag else {
      let message = "bad inline flags: flags 'a', 'u' and 'L' are incompatible"
      throw tokenizer.failure(message)
    }
  }

  private mutating func parseRemovedFlags() throws(QueryError) -> PatternFlags {
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
      missing = "missing :"
    }
  }

  private func flag(
    for token: Token,
    otherwise message: String
  ) throws(QueryError) -> PatternFlags {
    if let flag = PatternFlags.flag(for: token) { return flag }
    let isLetter = token.plain.map(CharacterCategory.isLetter) ?? false
    throw tokenizer.failure(isLetter ? "unknown flag" : message, back: token.length)
  }
}
