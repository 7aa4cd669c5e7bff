// SPDX-License-Identifier: Apache-2.0

import PythonPattern
import StrataCore

extension CaptureFilter {
  /// Reads conditions parted by commas; a comma or backslash in a value is written `\,` or `\\`.
  ///
  /// A key that begins with `@` names a property; that of a label which does so is written `\@`.
  ///
  /// - Throws: ``QueryError`` that names the condition which cannot be read.
  public init(parsing text: String) throws(QueryError) {
    var conditions: [Condition] = []
    for part in Self.split(text) where !part.isEmpty {
      conditions.append(try Condition(parsing: part))
    }
    self.init(conditions)
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

extension CaptureFilter.Condition {
  /// Reads one condition: on a property where it begins with `@`, else on a label.
  fileprivate init(parsing text: String) throws(QueryError) {
    if text.hasPrefix("@") {
      self = try Self.property(text)
    } else {
      self = try Self.label(text)
    }
  }

  /// Reads `key=value`, `key!=value`, `key=~expression` or `key!~expression`.
  private static func label(_ text: String) throws(QueryError) -> Self {
    guard let sign = text.firstIndex(where: { $0 == "=" || $0 == "!" }), sign > text.startIndex
    else { throw .badFilter(text) }
    let rest = text[sign...]
    let key = String(text[..<sign].dropFirst(text.hasPrefix("\\@") ? 1 : 0))
    if rest.hasPrefix("=~") { return .label(key: key, .matches(try pattern(rest.dropFirst(2)))) }
    if rest.hasPrefix("!~") {
      return .label(key: key, .doesNotMatch(try pattern(rest.dropFirst(2))))
    }
    if rest.hasPrefix("!=") { return .label(key: key, .differs(unescaped(rest.dropFirst(2)))) }
    guard rest.hasPrefix("=") else { throw .badFilter(text) }
    return .label(key: key, .equals(unescaped(rest.dropFirst(1))))
  }

  private static func pattern(_ source: Substring) throws(QueryError) -> Pattern {
    try QueryError.wrap { () throws(PatternError) in try Pattern(parsing: String(source)) }
  }

  private static func unescaped(_ text: Substring) -> String {
    text.split(separator: "\\\\", omittingEmptySubsequences: false).joined(separator: "\\")
  }
}

// MARK: - Properties

extension CaptureFilter.Condition {
  /// Reads `@property`, a sign, and a value.
  private static func property(_ text: String) throws(QueryError) -> Self {
    let signs = "=!<>~"
    let sign = text.firstIndex(where: signs.contains) ?? text.endIndex
    let end = text[sign...].firstIndex { !signs.contains($0) } ?? text.endIndex
    let property = PropertyText(
      condition: text,
      name: String(text[..<sign]),
      sign: String(text[sign..<end]),
      value: String(text[end...])
    )
    switch property.name {
    case "@kind":
      return .kind(try property.comparison(), try property.choice(among: ProfileKind.allCases))
    case "@clock":
      return .clock(try property.comparison(), try property.choice(among: ProfileClock.allCases))
    case "@duration":
      let relation: CaptureFilter.Relation = try property.comparison()
      guard let duration = Duration(text: property.value) else {
        throw property.refusal("@duration must be compared with a duration: 250ms, 1s or 1m30s")
      }
      return .duration(relation, duration)
    case "@weight":
      let relation: CaptureFilter.Relation = try property.comparison()
      guard let weight = Weight(decimal: property.value) else {
        throw property.refusal("@weight must be compared with a number above 0, such as 1 or 2.5")
      }
      return .weight(relation, weight)
    case "@quality": throw property.quality
    default:
      throw property.refusal(
        "\(property.name) is not a property; the properties are @kind, @clock, @quality, @duration "
          + "and @weight"
      )
    }
  }
}

/// A condition on a property, in parts that are not yet understood.
private struct PropertyText {
  let condition: String
  let name: String
  let sign: String
  let value: String

  /// The flags that a capture may carry, and the word for those that carry none that casts doubt on
  /// the figures.
  private static let qualities = [
    "sound", "threadsMixed", "timesExceedDuration", "figuresLost", "negativeTimes",
    "zeroCallEdges", "cut", "incomplete", "inflated", "startGuessed", "cumulativeSnapshot",
    "notExamined",
  ]

  func refusal(_ reason: String) -> QueryError {
    .badProperty(condition, reason: reason)
  }

  /// The sign as one of those that the property takes.
  func comparison<Sign: RawRepresentable<String> & CaseIterable>() throws(QueryError) -> Sign {
    if let sign = Sign(rawValue: sign) { return sign }
    let signs = Sign.allCases.map { $0.rawValue }
    // A shell takes `>1s` for a redirection, and leaves the name alone.
    let advice = sign.isEmpty && signs.contains(">") ? "; quote the condition in a shell" : ""
    throw refusal("\(name) takes the operator \(Self.words(signs))\(advice)")
  }

  func choice<Choice: RawRepresentable<String>>(
    among choices: [Choice]
  ) throws(QueryError) -> Choice {
    if let choice = Choice(rawValue: value) { return choice }
    throw refusal("\(name) must be \(Self.words(choices.map { $0.rawValue }))")
  }

  /// Why no condition on the quality can be answered.
  ///
  /// Stores do not keep flags yet. To treat their captures as sound would be an answer that is wrong
  /// and looks right.
  var quality: QueryError {
    guard Self.qualities.contains(value) else {
      return refusal("@quality must be \(Self.words(Self.qualities))")
    }
    return refusal(
      "quality flags are not stored yet, so it is unknown which captures are \(value)"
    )
  }

  /// `a, b or c`.
  private static func words(_ words: [String]) -> String {
    words.dropLast().joined(separator: ", ") + (words.last.map { " or \($0)" } ?? "")
  }
}
