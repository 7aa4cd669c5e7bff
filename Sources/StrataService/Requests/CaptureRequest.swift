// SPDX-License-Identifier: Apache-2.0

public import StrataCore
public import StrataQuery

/// Which captures a request is about: conditions, each as it was written, and a range of time.
public struct CaptureRequest: Hashable, Sendable {
  /// Conditions as in `host=~web.*,@duration>1s`; all of them must hold.
  public var conditions: [String]
  /// When the captures started.
  public var range: TimeRange

  /// Creates a request.
  public init(conditions: [String] = [], range: TimeRange = TimeRange()) {
    self.conditions = conditions
    self.range = range
  }

  /// The captures as a question takes them: those that both this request and another one are about.
  ///
  /// Within a request, several conditions on one label are alternatives; those of two requests must
  /// both hold.
  ///
  /// - Throws: ``QueryError`` for a condition that cannot be read.
  public func selection(
    and other: CaptureRequest = CaptureRequest()
  ) throws(QueryError) -> ProfileSelection {
    let range = range.intersection(other.range)
    return ProfileSelection(
      since: range.since,
      until: range.until,
      filter: try filter().and(try other.filter())
    )
  }

  private func filter() throws(QueryError) -> CaptureFilter {
    try CaptureFilter(parsing: conditions.joined(separator: ","))
  }

  /// The request in words, for the subtitle of a chart; nil where all captures are meant.
  public var summary: String? {
    var parts = conditions
    if let since = range.since { parts.append("since \(since.iso8601)") }
    if let until = range.until { parts.append("until \(until.iso8601)") }
    return parts.isEmpty ? nil : parts.joined(separator: " · ")
  }
}

/// One of the things that describe a side of a comparison, as text.
public enum SideText: Hashable, Sendable {
  /// A range of time.
  case range(TimeRange)
  /// Conditions.
  case conditions(String)
  /// A path, or whatever else is neither.
  case path(String)

  /// Reads a text: `..` between two times, or beside one, makes a range; an operator makes
  /// conditions, unless a file has that name.
  public init(parsing text: String, now: Timestamp, isFile: (String) -> Bool) {
    if let range = TimeRange(parsing: text, now: now) {
      self = .range(range)
    } else if Self.hasOperator(text), !isFile(text) {
      self = .conditions(text)
    } else {
      self = .path(text)
    }
  }

  private static func hasOperator(_ text: String) -> Bool {
    text.contains { "=<>".contains($0) } || text.contains("!~")
  }
}

extension Labels.Label {
  /// Reads a label: `key=value`.
  ///
  /// - Throws: ``ParameterError`` for what is no label, or beyond the bounds of one.
  public init(parsing text: String) throws(ParameterError) {
    guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
      throw ParameterError("expected key=value")
    }
    self.init(key: String(text[..<sign]), value: String(text[text.index(after: sign)...]))
    // Bytes that are not UTF-8 have become U+FFFD.
    guard !key.unicodeScalars.contains("\u{fffd}") else {
      throw ParameterError("expected a key in UTF-8")
    }
    do throws(CaptureError) { try check() } catch { throw ParameterError(error.description) }
  }
}

/// A part of a whole, from 0 to 1: `0.001`, `0.1%`.
public struct Share: Hashable, Sendable {
  /// The part.
  public var value: Double

  /// Reads a number, or a percentage; makes nil of any other text, and outside of the whole.
  public init?(parsing text: String) {
    let isPercentage = text.hasSuffix("%")
    guard let number = Double(isPercentage ? String(text.dropLast()) : text) else { return nil }
    value = isPercentage ? number / 100 : number
    guard (0...1).contains(value) else { return nil }
  }
}

/// A text of a request that cannot be read, with the reason.
public struct ParameterError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was expected, or what is wrong.
  public var description: String

  /// Creates an error.
  public init(_ description: String) {
    self.description = description
  }
}
