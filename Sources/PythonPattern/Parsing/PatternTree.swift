// SPDX-License-Identifier: Apache-2.0

/// A part of an expression that has been read, with its flags resolved.
///
/// The first group of cases are regular languages, which ``LinearMatcher`` finds; the second needs
/// ``BacktrackingMatcher``, since it depends on captures or on the order of attempts.
indirect enum PatternNode: Hashable, Sendable {
  /// One code point.
  case codePoint(UInt32)
  /// A code point of a set, by its place among the sets of the tree.
  case set(Int)
  /// Any code point.
  case any
  /// Any code point but a newline.
  case anyButNewline
  /// A condition on a place in the text.
  case assertion(PatternAssertion)
  /// One after the other.
  case sequence([PatternNode])
  /// One of several, tried in this order.
  case alternation([PatternNode])
  /// The same several times.
  case repeated(PatternNode, PatternRepeat)
  /// What parentheses hold, with the number of the group if it captures. Unlike a bare assertion
  /// or a repeat it can be repeated.
  case group(PatternNode, number: Int?)

  /// What follows or precedes a place, without taking it.
  case look(PatternLook, PatternNode)
  /// What is matched in the first way that is found, and in no other.
  case atomic(PatternNode)
  /// What a group captured, again.
  case reference(group: Int, PatternFolding)
  /// One thing if a group took part in the match, another if not.
  case conditional(group: Int, PatternNode, otherwise: PatternNode)
}

/// How often something is repeated, and which number of times is tried first.
struct PatternRepeat: Hashable, Sendable {
  enum Preference: Hashable, Sendable {
    /// As often as possible.
    case greedy
    /// As seldom as possible.
    case lazy
    /// As often as possible, and never less once that is found.
    case possessive
  }

  let minimum: Int
  /// The largest number of times, or none if there is no end.
  let maximum: Int?
  var preference = Preference.greedy
}

/// Where and for what a lookaround looks.
struct PatternLook: Hashable, Sendable {
  /// How many code points before the place the search starts; none looks ahead.
  let width: Int?
  /// Whether the place must not match.
  let isNegated: Bool
}

/// How a backreference compares letters.
enum PatternFolding: Hashable, Sendable {
  case none
  /// ASCII letters by their lower case.
  case ascii
  /// Letters by their lower case, code point by code point.
  case unicode
}

/// An expression that has been read.
struct PatternTree: Hashable, Sendable {
  let root: PatternNode
  let sets: [CodePointSet]
  /// How many groups capture.
  let groupCount: Int
  /// The least number of code points that a match can have.
  let minimumWidth: Int
}

// MARK: - Width

/// How many code points something matches, at least and at most.
///
/// Computed as CPython's `SubPattern.getwidth` does, for it decides which lookbehinds are refused.
struct PatternWidth: Hashable, Sendable {
  /// CPython's `MAXWIDTH`: as many or more.
  private static let unbounded: UInt128 = 1 << 64

  private(set) var minimum: UInt128
  private(set) var maximum: UInt128

  static let zero = PatternWidth(0, 0)
  static let one = PatternWidth(1, 1)

  private init(_ minimum: UInt128, _ maximum: UInt128) {
    self.minimum = min(minimum, Self.unbounded)
    self.maximum = min(maximum, Self.unbounded)
  }

  var isFixed: Bool { minimum == maximum }

  static func + (left: PatternWidth, right: PatternWidth) -> PatternWidth {
    PatternWidth(left.minimum + right.minimum, left.maximum + right.maximum)
  }

  /// The width of something repeated.
  func repeated(_ times: PatternRepeat) -> PatternWidth {
    // Counts have 32 bits and widths 65, so that nothing overflows.
    let most = times.maximum.map { UInt128($0) } ?? (maximum == 0 ? 0 : Self.unbounded)
    let (highest, hasOverflown) = maximum.multipliedReportingOverflow(by: most)
    return PatternWidth(minimum * UInt128(times.minimum), hasOverflown ? .max : highest)
  }

  /// The width of one thing or another.
  func or(_ other: PatternWidth) -> PatternWidth {
    PatternWidth(min(minimum, other.minimum), max(maximum, other.maximum))
  }
}

extension PatternNode {
  /// The width of what the node matches.
  ///
  /// - Complexity: O(*n*) in the nodes beneath it.
  func width(in groups: PatternGroupTable) -> PatternWidth {
    switch self {
    case .codePoint, .set, .any, .anyButNewline:
      .one
    case .assertion, .look:
      .zero
    case .sequence(let items):
      items.reduce(.zero) { $0 + $1.width(in: groups) }
    case .alternation(let branches):
      branches.dropFirst().reduce(branches[0].width(in: groups)) { $0.or($1.width(in: groups)) }
    case .repeated(let inner, let times):
      inner.width(in: groups).repeated(times)
    case .group(let inner, _), .atomic(let inner):
      inner.width(in: groups)
    case .reference(let group, _):
      groups.width(of: group)
    case .conditional(_, let first, let second):
      first.width(in: groups).or(second.width(in: groups))
    }
  }
}

// MARK: - Assertions

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

// MARK: - Flags

/// The inline flags of Python's `re` that an expression may set.
struct PatternFlags: OptionSet, Hashable, Sendable {
  let rawValue: UInt8

  /// `(?i)`: letters match whatever their case.
  static let ignoreCase = PatternFlags(rawValue: 1 << 0)
  /// `(?m)`: `^` and `$` match at every line.
  static let multiline = PatternFlags(rawValue: 1 << 1)
  /// `(?s)`: a dot matches a newline too.
  static let dotAll = PatternFlags(rawValue: 1 << 2)
  /// `(?x)`: white space and comments do not count.
  static let verbose = PatternFlags(rawValue: 1 << 3)
  /// `(?a)`: categories and case know ASCII only.
  static let ascii = PatternFlags(rawValue: 1 << 4)
  /// `(?u)`: categories and case know Unicode, as they do without a flag.
  static let unicode = PatternFlags(rawValue: 1 << 5)
  /// `(?L)`: refused, as Python does for texts.
  static let locale = PatternFlags(rawValue: 1 << 6)

  /// The flags that exclude each other.
  static let types: PatternFlags = [.ascii, .unicode, .locale]

  /// The flag that a letter stands for.
  static func flag(for token: PatternTokenizer.Token?) -> PatternFlags? {
    switch token {
    case .plain("i"): .ignoreCase
    case .plain("m"): .multiline
    case .plain("s"): .dotAll
    case .plain("x"): .verbose
    case .plain("a"): .ascii
    case .plain("u"): .unicode
    case .plain("L"): .locale
    default: nil
    }
  }

  /// How a backreference compares letters.
  var folding: PatternFolding {
    guard contains(.ignoreCase) else { return .none }
    return contains(.ascii) ? .ascii : .unicode
  }

  /// The flags within a group such as `(?i-s:...)`.
  func changed(adding added: PatternFlags, removing removed: PatternFlags) -> PatternFlags {
    let kept = added.isDisjoint(with: .types) ? self : subtracting(.types)
    return kept.union(added).subtracting(removed)
  }
}
