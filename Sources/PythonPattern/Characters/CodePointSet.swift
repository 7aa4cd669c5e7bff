// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The code points that a set such as `[a-z\d]` matches.
struct CodePointSet: Hashable, Sendable {
  /// Sorted, apart from each other.
  private let ranges: [ClosedRange<UInt32>]
  private let categories: [CharacterCategory]
  private let isNegated: Bool
  /// One bit for each ASCII character: whether the set matches it.
  private let ascii: UInt128

  init(
    ranges: [ClosedRange<UInt32>] = [],
    categories: [CharacterCategory] = [],
    isNegated: Bool = false
  ) {
    let merged = Self.merged(ranges)
    let distinct = Self.distinct(categories)
    self.ranges = merged
    self.categories = distinct
    self.isNegated = isNegated
    var ascii: UInt128 = 0
    for value: UInt32 in 0..<0x80
    where Self.isListed(value, ranges: merged, categories: distinct) != isNegated {
      ascii |= 1 << UInt128(value)
    }
    self.ascii = ascii
  }

  /// Whether the set matches a code point.
  ///
  /// - Complexity: O(log *n*) for *n* ranges.
  func contains(_ codePoint: UInt32) -> Bool {
    guard codePoint >= 0x80 else { return ascii >> UInt128(codePoint) & 1 == 1 }
    return Self.isListed(codePoint, ranges: ranges, categories: categories) != isNegated
  }

  private static func isListed(
    _ codePoint: UInt32,
    ranges: [ClosedRange<UInt32>],
    categories: [CharacterCategory]
  ) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < codePoint { low = middle + 1 } else { high = middle }
    }
    if low < ranges.count, ranges[low].contains(codePoint) { return true }
    return categories.contains { $0.contains(codePoint) }
  }

  private static func distinct(_ categories: [CharacterCategory]) -> [CharacterCategory] {
    var distinct: [CharacterCategory] = []
    for category in categories where !distinct.contains(category) { distinct.append(category) }
    return distinct
  }

  private static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var merged: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
        let upper = max(last.upperBound, range.upperBound)
        merged[merged.count - 1] = last.lowerBound...upper
      } else {
        merged.append(range)
      }
    }
    return merged
  }
}

/// The sets of an expression, equal ones once.
struct CodePointSetTable {
  private(set) var sets: [CodePointSet] = []
  private var indexes: [CodePointSet: Int] = [:]

  /// The place of a set.
  mutating func index(of set: CodePointSet) -> Int {
    if let index = indexes[set] { return index }
    indexes[set] = sets.count
    sets.append(set)
    return sets.count - 1
  }
}

// MARK: - Categories

/// `\d`, `\s` or `\w`, or the opposite of one.
struct CharacterCategory: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case digit
    case space
    case word
  }

  let kind: Kind
  let isNegated: Bool
  let isASCII: Bool

  /// Creates the category that a letter behind a backslash stands for.
  init?(escape scalar: Unicode.Scalar, isASCII: Bool) {
    switch scalar {
    case "d", "D": kind = .digit
    case "s", "S": kind = .space
    case "w", "W": kind = .word
    default: return nil
    }
    isNegated = scalar.value < 0x61
    self.isASCII = isASCII
  }

  func contains(_ codePoint: UInt32) -> Bool {
    let isMember =
      switch kind {
      case .digit: Self.isDigit(codePoint, isASCII: isASCII)
      case .space: Self.isSpace(codePoint, isASCII: isASCII)
      case .word: Self.isWord(codePoint, isASCII: isASCII)
      }
    return isMember != isNegated
  }
}

extension CharacterCategory {
  /// Whether Python's `\w` matches: a letter, a number or an underscore.
  static func isWord(_ codePoint: UInt32, isASCII: Bool) -> Bool {
    switch codePoint {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
    case ..<0x80: false
    default: !isASCII && Unicode.Scalar(codePoint).map(isLetterOrNumber) ?? false
    }
  }

  /// Whether Python's `\d` matches: a decimal digit of any script.
  static func isDigit(_ codePoint: UInt32, isASCII: Bool) -> Bool {
    guard codePoint >= 0x80 else { return (0x30...0x39).contains(codePoint) }
    return !isASCII && Unicode.Scalar(codePoint)?.pythonCategory == .decimalNumber
  }

  /// Whether Python's `\s` matches: what `str.isspace` says, which Unicode's property is not.
  static func isSpace(_ codePoint: UInt32, isASCII: Bool) -> Bool {
    switch codePoint {
    case 0x09...0x0D, 0x20: true
    case 0x1C...0x1F, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
      !isASCII
    default: false
    }
  }

  /// Whether `str.isalpha` holds.
  static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.pythonCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  private static func isLetterOrNumber(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.pythonCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }
}
