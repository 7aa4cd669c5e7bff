// SPDX-License-Identifier: Apache-2.0

import StrataCore

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
