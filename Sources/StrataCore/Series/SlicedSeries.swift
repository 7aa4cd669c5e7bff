// SPDX-License-Identifier: Apache-2.0

/// Profiles summed over slices of time: one value for each series and slice.
///
/// For an additive metric and statistic, the values of all series and `other` add up to `total`,
/// exactly, in every slice.
public struct SlicedSeries: Hashable, Sendable {
  /// Where slices begin.
  public enum Alignment: String, Hashable, Sendable, CaseIterable {
    /// At multiples of the width since the epoch, in UTC.
    case epoch
    /// At the first capture.
    case first
  }

  /// What is measured.
  public var metric: Metric
  /// How the captures of a slice become one value.
  public var statistic: Statistic
  /// The width of each slice.
  public var every: Duration
  /// Where slices begin.
  public var alignment: Alignment
  /// What a series stands for.
  public var grouping: Grouping
  /// The kind of all captures; nil without captures.
  public var kind: ProfileKind?
  /// The clock of all captures; nil without captures.
  public var clock: ProfileClock?
  /// Whether each capture counts as often as its weight says: the values are then estimates.
  public var isWeighted: Bool
  /// The slices in order of time, empty ones among them.
  public var slices: [Slice]
  /// The series, the largest first.
  public var series: [Series]
  /// How many series `other` sums.
  public var otherCount: Int
  /// Caveats to display with the result.
  public var warnings: [Warning]

  /// One slice of time: half-open, from its start to its start + width.
  public struct Slice: Hashable, Sendable {
    /// The start.
    public var start: Timestamp
    /// How many captures started in it.
    public var captures: Int
    /// Whether the range asked for, or the data, begins or ends inside the slice.
    public var isPartial: Bool
    /// The value of everything; nil where it is undefined (per call without calls).
    public var total: MetricValue?
    /// The value of all that is not among the series.
    public var other: MetricValue?

    /// Creates a slice.
    public init(
      start: Timestamp,
      captures: Int,
      isPartial: Bool = false,
      total: MetricValue?,
      other: MetricValue?
    ) {
      self.start = start
      self.captures = captures
      self.isPartial = isPartial
      self.total = total
      self.other = other
    }
  }

  /// One layer of the stack.
  public struct Series: Hashable, Sendable {
    /// What it is of.
    public var key: SeriesKey
    /// A value for each slice, in their order; nil where it is undefined.
    public var values: [MetricValue?]
    /// The value over the whole range.
    public var total: MetricValue?

    /// Creates a series.
    public init(key: SeriesKey, values: [MetricValue?], total: MetricValue?) {
      self.key = key
      self.values = values
      self.total = total
    }
  }

  /// Creates a result.
  public init(
    metric: Metric,
    statistic: Statistic = .sum,
    every: Duration,
    alignment: Alignment = .epoch,
    grouping: Grouping,
    kind: ProfileKind?,
    clock: ProfileClock?,
    isWeighted: Bool = false,
    slices: [Slice],
    series: [Series],
    otherCount: Int = 0,
    warnings: [Warning] = []
  ) {
    self.metric = metric
    self.statistic = statistic
    self.every = every
    self.alignment = alignment
    self.grouping = grouping
    self.kind = kind
    self.clock = clock
    self.isWeighted = isWeighted
    self.slices = slices
    self.series = series
    self.otherCount = otherCount
    self.warnings = warnings
  }

  /// Whether a stack of the series is a total, so that stacked bars tell the truth.
  ///
  /// Means of label values are not: each is over the captures of its own value.
  public var isStackable: Bool {
    guard metric.isAdditive else { return false }
    return statistic == .sum || (statistic == .mean && grouping.labelKey == nil)
  }
}

/// What one series is of.
public enum SeriesKey: Hashable, Sendable {
  /// A function, by its full identity.
  case function(Function)
  /// All functions of a file.
  case file(ByteString)
  /// All functions of a module, according to its file's path.
  case module(ByteString)
  /// All captures with one value of a label; nil for those without the label.
  case label(key: String, value: String?)
  /// Everything.
  case all
}

extension SeriesKey: CustomStringConvertible {
  /// The series for people, as pstats writes functions.
  public var description: String {
    switch self {
    case .function(let function): function.description
    case .file(let file): file.string
    case .module(let module): module.string
    case .label(let key, let value): value ?? "(no \(key))"
    case .all: "all"
    }
  }
}

extension SeriesKey: Comparable {
  /// The order of series with equal sums: that of their texts, the absent value of a label last.
  public static func < (left: SeriesKey, right: SeriesKey) -> Bool {
    switch (left, right) {
    case (.function(let left), .function(let right)): left < right
    case (.label(_, nil), _): false
    case (_, .label(_, nil)): true
    default: left.description.utf8.lexicographicallyPrecedes(right.description.utf8)
    }
  }
}
