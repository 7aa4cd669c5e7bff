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
  /// What a group captured, once more.
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
