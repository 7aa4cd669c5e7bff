// SPDX-License-Identifier: Apache-2.0

/// A number that a capture has: one for each of its functions, or one for the whole of it.
///
/// This file has all that is said of a figure, so that a new one needs its definition here, and a
/// place where stores keep it (`docs/adding-a-store.md`). Questions, pictures and data ask for its
/// properties and know none of them by name.
public struct Figure: Sendable {
  /// What has a value of a figure.
  public enum Subject: Hashable, Sendable {
    /// Each function of a capture.
    case function
    /// A capture as a whole; of some it may not be known.
    case capture
    /// Nothing: captures themselves are counted.
    case count
  }

  /// The name for programs, which never changes: `selfTime`.
  public let name: String
  /// The names on the command line, the usual one first, then those of pstats and of JSON.
  public let words: [String]
  /// The name at the beginning of a headline: `Self time`.
  public let title: String
  /// The unit of its values.
  public let unit: Metric.Unit
  /// What has a value.
  public let subject: Subject
  /// Whether the parts of a sum do not overlap, so that a stack of them is a total.
  public let addsUp: Bool

  private init(
    _ name: String,
    words: [String],
    title: String,
    unit: Metric.Unit,
    of subject: Subject,
    addsUp: Bool = true
  ) {
    self.name = name
    self.words = words
    self.title = title
    self.unit = unit
    self.subject = subject
    self.addsUp = addsUp
  }
}

extension Figure: Hashable {
  /// Whether two figures have one name.
  public static func == (left: Figure, right: Figure) -> Bool { left.name == right.name }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Figure: CustomStringConvertible {
  /// The name for programs.
  public var description: String { name }
}

// MARK: - All figures

extension Figure {
  /// Time in the function itself: the layers of a stack of it add up to measured time.
  public static let selfTime = Figure(
    "selfTime",
    words: ["self", "tottime", "selfTime"],
    title: "Self time",
    unit: .nanoseconds,
    of: .function
  )

  /// Time in the function and all that it calls: the layers of a stack of it overlap.
  public static let cumulativeTime = Figure(
    "cumulativeTime",
    words: ["cumulative", "cumtime", "cumulativeTime"],
    title: "Cumulative time",
    unit: .nanoseconds,
    of: .function,
    addsUp: false
  )

  /// All calls.
  public static let calls = Figure(
    "calls",
    words: ["calls", "ncalls", "callCount"],
    title: "Calls",
    unit: .calls,
    of: .function
  )

  /// Calls that were not made through recursion.
  public static let primitiveCalls = Figure(
    "primitiveCalls",
    words: ["pcalls", "primitiveCalls", "primitiveCallCount"],
    title: "Primitive calls",
    unit: .calls,
    of: .function
  )

  /// The number of captures.
  public static let captures = Figure(
    "captures",
    words: ["captures"],
    title: "Captures",
    unit: .captures,
    of: .count
  )

  /// How long captures took, over those whose duration is known.
  public static let duration = Figure(
    "duration",
    words: ["duration"],
    title: "Duration of captures",
    unit: .nanoseconds,
    of: .capture
  )

  /// All figures there are.
  public static let all: [Figure] = [
    .selfTime, .cumulativeTime, .calls, .primitiveCalls, .captures, .duration,
  ]

  /// The figures that a capture as a whole has.
  public static let ofCaptures = all.filter { $0.subject == .capture }
}
