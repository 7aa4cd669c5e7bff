// SPDX-License-Identifier: Apache-2.0

/// Key = value pairs that say what a profile is of; sorted by key, each key once.
///
/// Unlike names, labels are texts that people write: two spellings that Unicode calls canonically
/// equivalent (`é` in one code point or two) are the same label.
public struct Labels: Hashable, Sendable {
  /// One pair.
  public struct Label: Hashable, Sendable, Comparable {
    /// What is said, such as `endpoint`, `input` or `host`.
    public var key: String
    /// The value.
    public var value: String

    /// Creates a pair.
    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }

    /// Whether the left pair comes first, by the bytes of key and value.
    public static func < (left: Label, right: Label) -> Bool {
      let (leftKey, rightKey) = (left.key.utf8, right.key.utf8)
      if !leftKey.elementsEqual(rightKey) { return leftKey.lexicographicallyPrecedes(rightKey) }
      return left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
    }
  }

  /// The pairs in the order of the bytes of their keys.
  public private(set) var pairs: [Label]

  /// Creates labels; of a key given twice the last value holds.
  public init(_ pairs: some Sequence<Label>) {
    self.pairs = Array(pairs)
    let isOrdered = zip(self.pairs, self.pairs.dropFirst()).allSatisfy {
      $0.key != $1.key && $0 < $1
    }
    guard !isOrdered else { return }
    let given = self.pairs
    self.pairs = []
    for pair in given { self[pair.key] = pair.value }
  }

  /// The value of a key, nil where it has none.
  public subscript(key: String) -> String? {
    get { pairs.first { $0.key == key }?.value }
    set {
      pairs.removeAll { $0.key == key }
      guard let newValue else { return }
      let label = Label(key: key, value: newValue)
      pairs.insert(label, at: pairs.firstIndex { label < $0 } ?? pairs.endIndex)
    }
  }

  /// The labels with those of `other` added; where both have a key, `other` holds.
  public func merging(_ other: Labels) -> Labels {
    if pairs.isEmpty { return other }
    return other.pairs.isEmpty ? self : Labels(pairs + other.pairs)
  }
}

extension Labels: ExpressibleByDictionaryLiteral {
  /// Creates labels from a literal.
  public init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements.map { Label(key: $0.0, value: $0.1) })
  }
}
