// SPDX-License-Identifier: Apache-2.0

extension PatternParser {
  /// The number from which on Python's engine cannot count.
  private static let repeatLimit = 4_294_967_295

  /// Reads `*`, `+`, `?` or `{...}`, whose first token has been read, and repeats the last item.
  ///
  /// A brace that starts no quantifier is a brace.
  mutating func parseRepeat(
    _ token: PatternTokenizer.Token,
    of items: inout [PatternNode],
    flags: PatternFlags
  ) throws(QueryError) {
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

  private mutating func parsePreference() throws(QueryError) -> PatternRepeat.Preference {
    if try tokenizer.skip("?") { return .lazy }
    return try tokenizer.skip("+") ? .possessive : .greedy
  }

  private mutating func parseTimes(
    _ token: PatternTokenizer.Token
  ) throws(QueryError) -> PatternRepeat? {
    switch token {
    case .plain("*"): PatternRepeat(minimum: 0, maximum: nil)
    case .plain("+"): PatternRepeat(minimum: 1, maximum: nil)
    case .plain("?"): PatternRepeat(minimum: 0, maximum: 1)
    default: try parseBraces()
    }
  }

  private mutating func parseBraces() throws(QueryError) -> PatternRepeat? {
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

  private mutating func digits() throws(QueryError) -> String {
    try tokenizer.take(atMost: .max) { ("0"..."9").contains($0) }
  }

  private func count(_ digits: String) throws(QueryError) -> Int? {
    guard !digits.isEmpty else { return nil }
    guard let count = Int(digits), count < Self.repeatLimit else {
      throw tokenizer.excess("the repetition number is too large")
    }
    return count
  }
}
