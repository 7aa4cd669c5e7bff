// SPDX-License-Identifier: Apache-2.0

public import PythonPattern
public import StrataCore

/// The question what the captures of each slice of time cost, and where.
///
/// ```swift
/// let query = SliceQuery(every: .seconds(10), top: 10)
/// let series = try store.slices(query)
/// ```
public struct SliceQuery: Hashable, Sendable {
  /// Which captures.
  public var selection: ProfileSelection
  /// What is measured.
  public var metric: Metric
  /// How the captures of one slice become one value.
  public var statistic: Statistic
  /// The width of a slice.
  public var every: Duration
  /// Where slices begin.
  public var alignment: SlicedSeries.Alignment
  /// What a series stands for.
  public var grouping: Grouping
  /// Only functions whose description, such as `a.py:3(f)`, this matches; nil means all.
  public var functions: Pattern?
  /// Whether files are known by the last part of their path alone.
  public var stripsDirectories: Bool
  /// How many series are named, the rest being `other`; nil names all.
  public var top: Int?
  /// Whether each capture counts as often as its weight says.
  public var isWeighted: Bool
  /// What the sums may be answered from; the answer is the same.
  public var resolution: SumRequest.Resolution

  /// Creates a question.
  public init(
    _ selection: ProfileSelection = .all,
    metric: Metric = .selfTime,
    statistic: Statistic = .sum,
    every: Duration,
    alignment: SlicedSeries.Alignment = .epoch,
    grouping: Grouping = .function,
    functions: Pattern? = nil,
    stripsDirectories: Bool = false,
    top: Int? = nil,
    isWeighted: Bool = false,
    resolution: SumRequest.Resolution = .any
  ) {
    self.selection = selection
    self.metric = metric
    self.statistic = statistic
    self.every = every
    self.alignment = alignment
    self.grouping = grouping
    self.functions = functions
    self.stripsDirectories = stripsDirectories
    self.top = top
    self.isWeighted = isWeighted
    self.resolution = resolution
  }
}

extension SliceQuery {
  /// Refuses what has no meaning, with the reason.
  ///
  /// Source: the table of metrics in section 6 of the project's contracts (`docs/queries.md`).
  public func validate() throws(QueryError) {
    guard let width = every.nanoseconds, width > 0 else { throw .badWidth }
    let figure = metric.figure
    if !figure.addsUp, grouping == .file || grouping == .module {
      throw .meaningless(.cumulativeTime(by: grouping))
    }
    if figure.subject != .function, groupsFunctions {
      throw .meaningless(.figureOfCaptures(metric, by: grouping))
    }
    if figure.subject != .function, functions != nil {
      throw .meaningless(.functionsOfCaptures(metric))
    }
    if statistic != .sum, figure.subject == .count { throw .meaningless(.count(statistic)) }
    if metric.isPerCall, statistic != .sum { throw .meaningless(.ratio(metric, statistic)) }
    if isWeighted, [.p50, .p95, .max].contains(statistic) {
      throw .meaningless(.weights(statistic))
    }
    let isOfOneFunction = functions != nil || grouping == .function
    if !figure.addsUp, !isOfOneFunction {
      throw .meaningless(.cumulativeTimeOfAll(by: grouping))
    }
  }
}
