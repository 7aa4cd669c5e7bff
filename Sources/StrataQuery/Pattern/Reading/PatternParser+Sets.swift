// SPDX-License-Identifier: Apache-2.0

extension PatternParser {
  /// One end of a range, or a whole entry of a set.
  enum SetItem {
    case codePoint(UInt32)
    case category(CharacterCategory)
  }

  private typealias Token = PatternTokenizer.Token

  /// Reads a set whose bracket has been read.
  mutating func parseSet(flags: PatternFlags) throws(QueryError) -> PatternNode {
    let start = tokenizer.position - 1
    let isNegated = try tokenizer.skip("^")
    var ranges: [ClosedRange<UInt32>] = []
    var categories: [CharacterCategory] = []
    // A bracket that comes first is a bracket.
    repeat {
      let token = try takeInSet(start: start)
      let item = try parseSetItem(token, flags: flags)
      let range = try parseRange(from: item, token, start: start, flags: flags)
      switch (range, item) {
      case (let range?, _): ranges.append(range)
      case (nil, .codePoint(let value)): ranges.append(value...value)
      case (nil, .category(let category)): categories.append(category)
      }
    } while try !tokenizer.skip("]")
    if flags.contains(.ignoreCase) {
      ranges = CaseEquivalence.closure(of: ranges, isASCII: flags.contains(.ascii))
    }
    let set = CodePointSet(ranges: ranges, categories: categories, isNegated: isNegated)
    return .set(sets.index(of: set))
  }

  /// Reads `-` and the upper end; a hyphen that comes last is left as an entry of its own.
  private mutating func parseRange(
    from item: SetItem,
    _ token: Token,
    start: Int,
    flags: PatternFlags
  ) throws(QueryError) -> ClosedRange<UInt32>? {
    let hyphen = tokenizer.position
    guard try tokenizer.skip("-") else { return nil }
    guard tokenizer.next != .plain("]") else {
      try tokenizer.seek(to: hyphen)
      return nil
    }
    let upperToken = try takeInSet(start: start)
    let upper = try parseSetItem(upperToken, flags: flags)
    guard case .codePoint(let low) = item, case .codePoint(let high) = upper, low <= high else {
      let range = "\(token.text)-\(upperToken.text)"
      let message = "bad character range \(range)"
      throw tokenizer.failure(message, back: range.unicodeScalars.count)
    }
    return low...high
  }

  private mutating func parseSetItem(
    _ token: Token,
    flags: PatternFlags
  ) throws(QueryError) -> SetItem {
    switch token {
    case .plain(let scalar): .codePoint(scalar.value)
    case .escaped(let scalar): try parseSetEscape(scalar, flags: flags)
    }
  }

  private mutating func takeInSet(start: Int) throws(QueryError) -> Token {
    guard let token = try tokenizer.take() else {
      throw tokenizer.failure("unterminated character set", at: start)
    }
    return token
  }
}
