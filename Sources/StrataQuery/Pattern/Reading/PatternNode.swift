// SPDX-License-Identifier: Apache-2.0

/// A part of an expression that has been read, with its flags resolved.
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
  /// One of several.
  case alternation([PatternNode])
  /// The same several times; without a maximum, as often as it goes.
  case repeated(PatternNode, minimum: Int, maximum: Int?)
  /// What parentheses hold: unlike a bare assertion or a repeat it can be repeated.
  case group(PatternNode)
}

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
}

/// An expression that has been read.
struct PatternTree: Hashable, Sendable {
  let root: PatternNode
  let sets: [CodePointSet]
}

extension PatternNode {
  /// The node without the parentheses, which mean nothing once everything inside has been read.
  var unwrapped: PatternNode {
    switch self {
    case .group(let inner): inner.unwrapped
    case .repeated(let inner, let minimum, let maximum):
      .repeated(inner.unwrapped, minimum: minimum, maximum: maximum)
    default: self
    }
  }

  /// Whether the node matches the empty text and nothing else, without a condition.
  ///
  /// Such nodes are dropped, so that each node that is left costs an instruction and the limit on
  /// instructions bounds the work of the compiler too.
  var isEmpty: Bool {
    switch self {
    case .sequence(let items): items.isEmpty
    case .repeated(let inner, _, let maximum): maximum == 0 || inner.isEmpty
    default: false
    }
  }

  /// A sequence without parentheses and without parts that mean nothing.
  static func simplifiedSequence(_ items: [PatternNode]) -> PatternNode {
    let kept = items.map(\.unwrapped).filter { !$0.isEmpty }
    return if kept.count == 1 { kept[0] } else { .sequence(kept) }
  }

  /// The text that the node stands for, if it is nothing but a text.
  ///
  /// Lone surrogates are left out: the decoder makes them from bytes that are not UTF-8, too.
  var literalBytes: [UInt8]? {
    switch self {
    case .codePoint(let value):
      return Unicode.Scalar(value).map { Array(String($0).utf8) }
    case .sequence(let items):
      var bytes: [UInt8] = []
      for item in items {
        guard case .codePoint = item, let next = item.literalBytes else { return nil }
        bytes += next
      }
      return bytes
    default:
      return nil
    }
  }
}
