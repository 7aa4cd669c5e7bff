// SPDX-License-Identifier: Apache-2.0

/// A condition on a place in the text.
enum PatternAssertion: Hashable, Sendable {
  /// `\A`, and `^` without the flag `m`.
  case textStart
  /// `\Z`.
  case textEnd
  /// `$` without the flag `m`: the end, or before a newline that ends the text.
  case lastLineEnd
  /// `^` with the flag `m`.
  case lineStart
  /// `$` with the flag `m`.
  case lineEnd
  /// `\b`.
  case wordBoundary(isASCII: Bool)
  /// `\B`, which Python up to 3.13 finds nowhere in an empty text.
  case noWordBoundary(isASCII: Bool)

  /// Whether the condition holds between two code points, the second of which may be the last.
  func holds(after previous: UInt32?, before next: UInt32?, isLast: Bool) -> Bool {
    switch self {
    case .textStart: previous == nil
    case .textEnd: next == nil
    case .lastLineEnd: next == nil || next == 0x0A && isLast
    case .lineStart: previous == nil || previous == 0x0A
    case .lineEnd: next == nil || next == 0x0A
    case .wordBoundary(let isASCII):
      Self.isWord(previous, isASCII) != Self.isWord(next, isASCII)
    case .noWordBoundary(let isASCII):
      (previous != nil || next != nil)
        && Self.isWord(previous, isASCII) == Self.isWord(next, isASCII)
    }
  }

  private static func isWord(_ codePoint: UInt32?, _ isASCII: Bool) -> Bool {
    codePoint.map { CharacterCategory.isWord($0, isASCII: isASCII) } ?? false
  }
}
