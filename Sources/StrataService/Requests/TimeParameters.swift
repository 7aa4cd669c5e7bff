// SPDX-License-Identifier: Apache-2.0

public import StrataCore

// What a request says about time, as text: the same on a command line, in HTTP's parameters and in
// the address of a page.

extension Timestamp {
  /// Reads a time: ISO 8601, seconds since the epoch, or a duration before now (`2h`).
  ///
  /// Makes nil of any other text, and of a time that a timestamp does not hold.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - now: What durations count back from.
  public init?(parsing text: String, now: Timestamp) {
    if let time = Timestamp(iso8601: text) ?? Timestamp(decimalSeconds: text) {
      self = time
      return
    }
    guard let ago = Duration(text: text)?.nanoseconds else { return nil }
    let (time, overflow) = now.nanoseconds.subtractingReportingOverflow(ago)
    guard !overflow else { return nil }
    self.init(nanoseconds: time)
  }
}

/// A half-open range of time; one end may be absent: `TIME..TIME`.
public struct TimeRange: Hashable, Sendable {
  /// The start; nil for none.
  public var since: Timestamp?
  /// The end, not in it; nil for none.
  public var until: Timestamp?

  /// Creates a range.
  public init(since: Timestamp? = nil, until: Timestamp? = nil) {
    self.since = since
    self.until = until
  }

  /// Reads two times with `..` between them, or one beside it; makes nil of any other text.
  public init?(parsing text: String, now: Timestamp) {
    guard let dots = text.firstRange(of: "..") else { return nil }
    let texts = [text[..<dots.lowerBound], text[dots.upperBound...]].map { String($0) }
    let times = texts.map { $0.isEmpty ? nil : Timestamp(parsing: $0, now: now) }
    guard zip(texts, times).allSatisfy({ $0.isEmpty || $1 != nil }), texts != ["", ""] else {
      return nil
    }
    (since, until) = (times[0], times[1])
  }

  /// The times that are in both ranges.
  public func intersection(_ other: TimeRange) -> TimeRange {
    TimeRange(
      since: [since, other.since].compactMap(\.self).max(),
      until: [until, other.until].compactMap(\.self).min()
    )
  }

  /// The range in words.
  public var words: String {
    switch (since, until) {
    case (let since?, let until?): "\(since.iso8601) to \(until.iso8601)"
    case (let since?, nil): "since \(since.iso8601)"
    case (nil, let until?): "until \(until.iso8601)"
    case (nil, nil): "all"
    }
  }
}
