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
  ///
  /// - Complexity: O(*n* log *n*) in the number of pairs.
  public init(_ pairs: some Sequence<Label>) {
    self.pairs = Array(pairs)
    guard !isOrdered else { return }
    // A dictionary finds equal keys; the last value wins, and with it its spelling of the key.
    var last: [String: Int] = [:]
    for (place, pair) in self.pairs.enumerated() { last[pair.key] = place }
    let places = last.values.sorted { self.pairs[$0] < self.pairs[$1] }
    self.pairs = places.map { self.pairs[$0] }
  }

  /// Whether the pairs are known to be in order, each key once.
  ///
  /// Equal keys can have different spellings, which need not be side by side; in ASCII there is only one.
  private var isOrdered: Bool {
    pairs.allSatisfy { $0.key.utf8.allSatisfy { $0 < 0x80 } }
      && zip(pairs, pairs.dropFirst()).allSatisfy { $0.key != $1.key && $0 < $1 }
  }

  /// The value of a key, nil where it has none.
  ///
  /// - Complexity: O(*n*); use ``init(_:)`` to create labels from many pairs.
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
