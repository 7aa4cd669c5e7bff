// SPDX-License-Identifier: Apache-2.0

extension PatternNode {
  /// The node without parentheses and without parts that mean nothing, where order and captures do
  /// not count.
  ///
  /// Parts that mean nothing are dropped, so that each one that is left costs an instruction and
  /// the limit on instructions bounds the work of the compiler too.
  var simplified: PatternNode {
    switch self {
    case .group(let inner, _):
      return inner.simplified
    case .sequence(let items):
      let kept = items.map(\.simplified).filter { !$0.isEmpty }
      return kept.count == 1 ? kept[0] : .sequence(kept)
    case .alternation(let branches):
      return .alternation(branches.map(\.simplified))
    case .repeated(let inner, let times):
      return .repeated(inner.simplified, times)
    case .codePoint, .set, .any, .anyButNewline, .assertion, .look, .atomic, .reference,
      .conditional:
      return self
    }
  }

  /// Whether the node matches the empty text and nothing else, without a condition.
  var isEmpty: Bool {
    switch self {
    case .sequence(let items): items.isEmpty
    case .repeated(let inner, let times): times.maximum == 0 || inner.isEmpty
    default: false
    }
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
