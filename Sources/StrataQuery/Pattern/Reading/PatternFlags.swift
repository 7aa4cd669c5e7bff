// SPDX-License-Identifier: Apache-2.0

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

  /// The flags of which only one may be set.
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
