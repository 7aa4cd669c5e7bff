// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// How many captures a store keeps in one sum, the fewest first.
public enum SumLevel: String, CaseIterable, Comparable, Sendable {
  /// Each capture by itself.
  case captures
  /// The captures that started in one minute.
  case minute
  /// The captures that started in one hour.
  case hour
  /// The captures that started in one day, in UTC.
  case day

  /// The width of the slice that one sum holds; nil for single captures.
  public var width: Duration? {
    switch self {
    case .captures: nil
    case .minute: .seconds(60)
    case .hour: .seconds(3_600)
    case .day: .seconds(86_400)
    }
  }

  /// Whether the left level keeps fewer captures in one sum.
  public static func < (left: SumLevel, right: SumLevel) -> Bool {
    (left.width ?? .zero) < (right.width ?? .zero)
  }
}

/// Which sums of a store answer a ``SumRequest``: what `strata slices --explain` prints.
public struct SumPlan: Hashable, Sendable {
  /// Sums of one level that answer for a range of time.
  public struct Step: Hashable, Sendable {
    /// The level.
    public var level: SumLevel
    /// The start of the range.
    public var since: Timestamp
    /// The end of the range, not in it.
    public var until: Timestamp
    /// How many sums are read.
    public var sums: Int
    /// How many captures they hold.
    public var captures: Int
    /// What else there is to say.
    public var note: String?

    /// Creates a step.
    public init(
      level: SumLevel,
      since: Timestamp,
      until: Timestamp,
      sums: Int,
      captures: Int,
      note: String? = nil
    ) {
      self.level = level
      self.since = since
      self.until = until
      self.sums = sums
      self.captures = captures
      self.note = note
    }
  }

  /// The steps, in any order that the store takes.
  public var steps: [Step]

  /// Creates a plan.
  public init(steps: [Step]) {
    self.steps = steps
  }

  /// The plan to read each capture by itself, with a word why; without captures it is empty.
  public init(eachOf survey: CaptureSurvey, note: String? = nil) {
    guard let first = survey.first, let last = survey.last else {
      self.init(steps: [])
      return
    }
    // The last nanosecond of time has none after it.
    let end = last.nanoseconds.addingReportingOverflow(1)
    let step = Step(
      level: .captures,
      since: first,
      until: end.overflow ? last : Timestamp(nanoseconds: end.partialValue),
      sums: survey.captures,
      captures: survey.captures,
      note: note
    )
    self.init(steps: [step])
  }
}
