// SPDX-License-Identifier: Apache-2.0

extension PatternParser {
  /// The number from which on Python's engine cannot count.
  private static let repeatLimit = 4_294_967_295

  private typealias Bounds = (minimum: Int, maximum: Int?)

  /// Reads `*`, `+`, `?` or `{...}`, whose first token has been read, and repeats the last item.
  ///
  /// A brace that starts no quantifier is a brace.
  mutating func parseRepeat(
    _ token: PatternTokenizer.Token,
    of items: inout [PatternNode],
    flags: PatternFlags
  ) throws(QueryError) {
    let start = tokenizer.position - token.length
    guard let bounds = try parseBounds(token) else {
      return items.append(literal(0x7B, flags: flags))
    }
    guard let item = items.last else { throw tokenizer.failure("nothing to repeat", at: start) }
    switch item {
    case .assertion: throw tokenizer.failure("nothing to repeat", at: start)
    case .repeated: throw tokenizer.failure("multiple repeat", at: start)
    default: break
    }
    try skipLaziness(start: start)
    items[items.count - 1] =
      .repeated(item, minimum: bounds.minimum, maximum: bounds.maximum)
  }

  /// Steps over the `?` of a lazy quantifier, which finds the same texts as the greedy one.
  private mutating func skipLaziness(start: Int) throws(QueryError) {
    guard try !tokenizer.skip("?") else { return }
    guard tokenizer.next != .plain("+") else {
      throw tokenizer.unsupported("a possessive quantifier", at: start)
    }
  }

  private mutating func parseBounds(
    _ token: PatternTokenizer.Token
  ) throws(QueryError) -> Bounds? {
    switch token {
    case .plain("*"): (0, nil)
    case .plain("+"): (1, nil)
    case .plain("?"): (0, 1)
    default: try parseBraces()
    }
  }

  private mutating func parseBraces() throws(QueryError) -> Bounds? {
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
    return (minimum, maximum)
  }

  private mutating func digits() throws(QueryError) -> String {
    try tokenizer.take(atMost: .max) { ("0"..."9").contains($0) }
  }

  private func count(_ digits: String) throws(QueryError) -> Int? {
    guard !digits.isEmpty else { return nil }
    guard let count = Int(digits), count < Self.repeatLimit else {
      throw tokenizer.failure(withoutPosition: "the repetition number is too large")
    }
    return count
  }
}
