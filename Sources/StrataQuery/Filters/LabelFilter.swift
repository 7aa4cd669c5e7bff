// SPDX-License-Identifier: Apache-2.0

public import PythonPattern
public import StrataCore

/// Conditions on the labels of a capture, all of which must hold.
///
/// As text: `endpoint=/search,input!=small,host=~web.*,zone!~eu-.*`. A regular expression must
/// match the whole value. A capture without the label is like one with an empty value.
public struct LabelFilter: Hashable, Sendable {
  /// One condition.
  public struct Condition: Hashable, Sendable {
    /// How the value is compared.
    public enum Comparison: Hashable, Sendable {
      /// The value is the text.
      case equals(String)
      /// The value is another text.
      case differs(String)
      /// The expression matches the whole value.
      case matches(Pattern)
      /// The expression does not match the whole value.
      case doesNotMatch(Pattern)
    }

    /// The key of the label.
    public var key: String
    /// What its value must be.
    public var comparison: Comparison

    /// Creates a condition.
    public init(key: String, _ comparison: Comparison) {
      self.key = key
      self.comparison = comparison
    }

    /// Whether labels meet the condition.
    ///
    /// - Throws: ``QueryError/pattern(_:)`` if that takes too long to find out.
    public func holds(for labels: Labels) throws(QueryError) -> Bool {
      let value = labels[key] ?? ""
      return switch comparison {
      case .equals(let text): value == text
      case .differs(let text): value != text
      case .matches(let pattern): try Self.matches(value, pattern)
      case .doesNotMatch(let pattern): try !Self.matches(value, pattern)
      }
    }

    private static func matches(_ value: String, _ pattern: Pattern) throws(QueryError) -> Bool {
      try QueryError.wrap { () throws(PatternError) in
        try pattern.matchesWhole(ByteString(value))
      }
    }
  }

  /// The conditions.
  public var conditions: [Condition]

  /// Creates a filter; without conditions everything matches.
  public init(_ conditions: [Condition] = []) {
    self.conditions = conditions
  }

  /// Whether labels meet all conditions.
  ///
  /// - Throws: ``QueryError/pattern(_:)`` if that takes too long to find out.
  public func matches(_ labels: Labels) throws(QueryError) -> Bool {
    for condition in conditions {
      guard try condition.holds(for: labels) else { return false }
    }
    return true
  }
}

extension LabelFilter {
  /// Reads conditions parted by commas; a comma or backslash in a value is written `\,` or `\\`.
  ///
  /// - Throws: ``QueryError`` that names the condition which cannot be read.
  public init(parsing text: String) throws(QueryError) {
    conditions = []
    for part in Self.split(text) where !part.isEmpty {
      conditions.append(try Condition(parsing: part))
    }
  }

  private static func split(_ text: String) -> [String] {
    var parts = [""]
    var isEscaped = false
    for character in text.unicodeScalars {
      if isEscaped {
        // A regular expression keeps its own backslashes.
        if character != "," { parts[parts.count - 1].unicodeScalars.append("\\") }
        parts[parts.count - 1].unicodeScalars.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "," {
        parts.append("")
      } else {
        parts[parts.count - 1].unicodeScalars.append(character)
      }
    }
    if isEscaped { parts[parts.count - 1].append("\\") }
    return parts
  }
}

extension LabelFilter.Condition {
  /// Reads one condition: `key=value`, `key!=value`, `key=~expression` or `key!~expression`.
  fileprivate init(parsing text: String) throws(QueryError) {
    guard let sign = text.firstIndex(where: { $0 == "=" || $0 == "!" }), sign > text.startIndex
    else { throw .badFilter(text) }
    let rest = text[sign...]
    key = String(text[..<sign])
    if rest.hasPrefix("=~") {
      comparison = .matches(try Self.pattern(rest.dropFirst(2)))
    } else if rest.hasPrefix("!~") {
      comparison = .doesNotMatch(try Self.pattern(rest.dropFirst(2)))
    } else if rest.hasPrefix("!=") {
      comparison = .differs(Self.unescaped(rest.dropFirst(2)))
    } else if rest.hasPrefix("=") {
      comparison = .equals(Self.unescaped(rest.dropFirst(1)))
    } else {
      throw .badFilter(text)
    }
  }

  private static func pattern(_ source: Substring) throws(QueryError) -> Pattern {
    try QueryError.wrap { () throws(PatternError) in try Pattern(parsing: String(source)) }
  }

  private static func unescaped(_ text: Substring) -> String {
    text.split(separator: "\\\\", omittingEmptySubsequences: false).joined(separator: "\\")
  }
}
