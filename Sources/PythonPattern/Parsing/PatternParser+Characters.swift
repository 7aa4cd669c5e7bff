// SPDX-License-Identifier: Apache-2.0

import StrataCore

extension PatternParser {
  /// Reads an escape outside a set, whose first two code points have been read.
  mutating func parseEscape(
    _ scalar: Unicode.Scalar,
    flags: PatternFlags
  ) throws(PatternError) -> PatternNode {
    if let assertion = Self.assertion(for: scalar, flags: flags) { return .assertion(assertion) }
    if let category = CharacterCategory(escape: scalar, isASCII: flags.contains(.ascii)) {
      return .set(sets.index(of: CodePointSet(categories: [category])))
    }
    switch scalar {
    // Always a code point: there is no group 0 to refer to.
    case "0":
      let digits = try tokenizer.take(atMost: 2, where: Self.isOctal)
      return literal(UInt32("0" + digits, radix: 8) ?? 0, flags: flags)
    case "1"..."9":
      return try parseOctalOrReference(scalar, flags: flags)
    default:
      return literal(try parseCommonEscape(scalar), flags: flags)
    }
  }

  /// Reads an escape within a set.
  mutating func parseSetEscape(
    _ scalar: Unicode.Scalar,
    flags: PatternFlags
  ) throws(PatternError) -> SetItem {
    if let category = CharacterCategory(escape: scalar, isASCII: flags.contains(.ascii)) {
      return .category(category)
    }
    switch scalar {
    // A backspace: between two characters of a set there is no boundary of a word.
    case "b":
      return .codePoint(8)
    case "0"..."7":
      let rest = try tokenizer.take(atMost: 2, where: Self.isOctal)
      return .codePoint(try octal(String(scalar) + rest))
    default:
      return .codePoint(try parseCommonEscape(scalar))
    }
  }

  private static func assertion(
    for scalar: Unicode.Scalar,
    flags: PatternFlags
  ) -> PatternAssertion? {
    switch scalar {
    case "A": .textStart
    case "Z": .textEnd
    case "b": .wordBoundary(isASCII: flags.contains(.ascii))
    case "B": .noWordBoundary(isASCII: flags.contains(.ascii))
    default: nil
    }
  }

  /// Reads an escape that means the same within a set and outside.
  private mutating func parseCommonEscape(
    _ scalar: Unicode.Scalar
  ) throws(PatternError) -> UInt32 {
    switch scalar {
    case "a": return 7
    case "f": return 12
    case "n": return 10
    case "r": return 13
    case "t": return 9
    case "v": return 11
    case "x": return try parseHex(scalar, digits: 2)
    case "u": return try parseHex(scalar, digits: 4)
    case "U": return try parseHex(scalar, digits: 8)
    case "N": return try parseName()
    // Python keeps unknown letters for escapes to come; a digit in a set cannot refer to a group.
    case "a"..."z", "A"..."Z", "0"..."9":
      throw tokenizer.failure("bad escape \\\(scalar)", back: 2)
    default: return scalar.value
    }
  }

  private mutating func parseHex(
    _ scalar: Unicode.Scalar,
    digits count: Int
  ) throws(PatternError) -> UInt32 {
    let digits = try tokenizer.take(atMost: count) { $0.properties.isASCIIHexDigit }
    let length = digits.utf8.count + 2
    guard digits.utf8.count == count else {
      throw tokenizer.failure("incomplete escape \\\(scalar)\(digits)", back: length)
    }
    guard let value = UInt32(digits, radix: 16), value <= 0x10FFFF else {
      throw tokenizer.failure("bad escape \\\(scalar)\(digits)", back: length)
    }
    return value
  }

  private mutating func parseName() throws(PatternError) -> UInt32 {
    guard try tokenizer.skip("{") else { throw tokenizer.failure("missing {") }
    let name = try tokenizer.take(until: "}", name: "character name")
    guard let scalar = CharacterNames.scalar(named: name) else {
      let message = "undefined character name \(name.pythonQuoted)"
      throw tokenizer.failure(message, back: name.unicodeScalars.count + 4)
    }
    return scalar.value
  }

  /// Reads three octal digits; anything else that starts with a digit refers to a group.
  private mutating func parseOctalOrReference(
    _ first: Unicode.Scalar,
    flags: PatternFlags
  ) throws(PatternError) -> PatternNode {
    // CPython's rule: three octal digits are a code point, even where there is a group of the first
    // ones; fewer are a group. Decimal digits are taken two at most, so `\100` is octal.
    let start = tokenizer.position - 2
    var digits = String(first)
    if let second = tokenizer.next?.plain, ("0"..."9").contains(second) {
      try tokenizer.advance()
      digits.unicodeScalars.append(second)
      if Self.isOctal(first), Self.isOctal(second), let third = tokenizer.next?.plain,
        Self.isOctal(third)
      {
        try tokenizer.advance()
        digits.unicodeScalars.append(third)
        return literal(try octal(digits), flags: flags)
      }
    }
    let group = try groups.reference(to: Int(digits) ?? 0, at: start, tokenizer)
    return .reference(group: group, flags.folding)
  }

  private func octal(_ digits: String) throws(PatternError) -> UInt32 {
    guard let value = UInt32(digits, radix: 8), value <= 0o377 else {
      let message = "octal escape value \\\(digits) outside of range 0-0o377"
      throw tokenizer.failure(message, back: digits.utf8.count + 1)
    }
    return value
  }

  private static func isOctal(_ scalar: Unicode.Scalar) -> Bool {
    ("0"..."7").contains(scalar)
  }
}

// MARK: - Sets

extension PatternParser {
  /// One end of a range, or a whole entry of a set.
  enum SetItem {
    case codePoint(UInt32)
    case category(CharacterCategory)
  }

  private typealias Token = PatternTokenizer.Token

  /// Reads a set whose bracket has been read.
  mutating func parseSet(flags: PatternFlags) throws(PatternError) -> PatternNode {
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
      // Before the set is negated: `[^a]` must not match `A`.
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
  ) throws(PatternError) -> ClosedRange<UInt32>? {
    let hyphen = tokenizer.position
    guard try tokenizer.skip("-") else { return nil }
    guard tokenizer.next != .plain("]") else {
      // Read again as an entry: the caller's loop takes it, then the bracket.
      try tokenizer.seek(to: hyphen)
      return nil
    }
    let upperToken = try takeInSet(start: start)
    let upper = try parseSetItem(upperToken, flags: flags)
    // As in CPython, both ends are read before either is refused: mistakes within them come first.
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
  ) throws(PatternError) -> SetItem {
    switch token {
    case .plain(let scalar): .codePoint(scalar.value)
    case .escaped(let scalar): try parseSetEscape(scalar, flags: flags)
    }
  }

  private mutating func takeInSet(start: Int) throws(PatternError) -> Token {
    guard let token = try tokenizer.take() else {
      throw tokenizer.failure("unterminated character set", at: start)
    }
    return token
  }
}
