// SPDX-License-Identifier: Apache-2.0

public import PythonPattern
public import StrataCore

extension CaptureFilter {
  /// One condition: what it is about, how that is compared, and with which value.
  public enum Condition: Hashable, Sendable {
    /// The value of a label. A capture without the label is like one with an empty value.
    case label(key: String, TextComparison)
    /// `@kind`: how the figures came about.
    case kind(Equality, ProfileKind)
    /// `@clock`: what the times measure.
    case clock(Equality, ProfileClock)
    /// `@duration`: how long the capture took. Where that is not known, no condition on it holds.
    case duration(Relation, Duration)
    /// `@weight`: how many captures this one stands for.
    case weight(Relation, Weight)
  }

  /// How the value of a label is compared.
  public enum TextComparison: Hashable, Sendable {
    /// The value is the text.
    case equals(String)
    /// The value is another text.
    case differs(String)
    /// The expression matches the whole value.
    case matches(Pattern)
    /// The expression does not match the whole value.
    case doesNotMatch(Pattern)

    /// Whether a value meets the comparison.
    ///
    /// - Throws: ``QueryError/pattern(_:)`` if that takes too long to find out.
    public func holds(for value: String) throws(QueryError) -> Bool {
      switch self {
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

  /// Whether two things are the same or not.
  public enum Equality: String, Hashable, Sendable, CaseIterable {
    /// They are the same.
    case equal = "="
    /// They differ.
    case notEqual = "!="

    /// Whether two values compare this way.
    public func holds<Value: Equatable>(_ left: Value, _ right: Value) -> Bool {
      (left == right) == (self == .equal)
    }
  }

  /// How two quantities compare.
  public enum Relation: String, Hashable, Sendable, CaseIterable {
    /// They are equal.
    case equal = "="
    /// They differ.
    case notEqual = "!="
    /// The left one is smaller.
    case less = "<"
    /// The left one is smaller, or they are equal.
    case lessOrEqual = "<="
    /// The left one is larger.
    case greater = ">"
    /// The left one is larger, or they are equal.
    case greaterOrEqual = ">="

    /// Whether two quantities compare this way.
    public func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
      switch self {
      case .equal: left == right
      case .notEqual: left != right
      case .less: left < right
      case .lessOrEqual: left <= right
      case .greater: left > right
      case .greaterOrEqual: left >= right
      }
    }
  }
}

extension CaptureFilter.Condition {
  /// What a condition is about.
  public enum Subject: Hashable, Sendable {
    /// The label with a key.
    case label(String)
    /// How the figures came about.
    case kind
    /// What the times measure.
    case clock
    /// How long the capture took.
    case duration
    /// How many captures this one stands for.
    case weight
  }

  /// What the condition is about.
  public var subject: Subject {
    switch self {
    case .label(let key, _): .label(key)
    case .kind: .kind
    case .clock: .clock
    case .duration: .duration
    case .weight: .weight
    }
  }

  /// Whether it is written with `=`: several of one subject are alternatives.
  public var isEquality: Bool {
    switch self {
    case .label(_, .equals), .kind(.equal, _), .clock(.equal, _), .duration(.equal, _),
      .weight(.equal, _):
      true
    default: false
    }
  }

  var isAboutLabel: Bool {
    if case .label = self { true } else { false }
  }

  /// Whether a capture meets the condition.
  ///
  /// - Throws: ``QueryError/pattern(_:)`` if that takes too long to find out.
  public func holds(for header: CaptureHeader) throws(QueryError) -> Bool {
    switch self {
    case .label(let key, let comparison):
      try comparison.holds(for: header.labels[key] ?? "")
    case .kind(let equality, let kind): equality.holds(header.kind, kind)
    case .clock(let equality, let clock): equality.holds(header.clock, clock)
    case .duration(let relation, let duration):
      header.duration.map { relation.holds($0, duration) } ?? false
    case .weight(let relation, let weight):
      relation.holds(header.weight.millionths, weight.millionths)
    }
  }
}
