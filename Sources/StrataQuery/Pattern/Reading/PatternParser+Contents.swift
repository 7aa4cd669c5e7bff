// SPDX-License-Identifier: Apache-2.0

extension PatternParser {
  /// CPython's `MAXCODE`, the widest that a lookbehind may be.
  private static let maximumLookbehind: UInt128 = 4_294_967_295

  /// Where the contents of a group stand.
  struct Inside {
    let flags: PatternFlags
    let depth: Int
    /// The position of the group's parenthesis.
    let start: Int
  }

  /// Reads the contents of a group and its closing parenthesis.
  mutating func parseContents(_ inside: Inside) throws(QueryError) -> PatternNode {
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
  ) throws(QueryError) -> PatternNode {
    let isOutermost = isBehind && groups.openLookbehind()
    try checkDepth(inside)
    let contents = try parseAlternation(flags: inside.flags, depth: inside.depth + 1)
    if isOutermost { groups.closeLookbehind() }
    try close(inside)
    let width = isBehind ? lookbehindWidth(of: contents, start: inside.start) : nil
    return .look(PatternLook(width: width, isNegated: isNegated), contents)
  }

  /// Reads what follows the condition of `(?(1)...|...)`.
  mutating func parseConditional(
    _ inside: Inside,
    group: Int
  ) throws(QueryError) -> PatternNode {
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

  private func checkDepth(_ inside: Inside) throws(QueryError) {
    guard inside.depth < Self.maximumDepth else {
      let depth = Self.maximumDepth
      throw tokenizer.excess("groups nested deeper than \(depth) at position \(inside.start)")
    }
  }

  private mutating func close(_ inside: Inside) throws(QueryError) {
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
