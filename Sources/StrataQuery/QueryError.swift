// SPDX-License-Identifier: Apache-2.0

public import PythonPattern
public import StrataCore

/// A query whose result would be misleading, or that cannot be parsed.
public enum QueryError: Error, Hashable, Sendable {
  /// A condition on labels is not `key=value`, `key!=value`, `key=~expression` or `key!~expression`.
  case badFilter(String)
  /// A condition on a property that cannot be understood, or that cannot be answered yet.
  case badProperty(String, reason: String)
  /// A regular expression is invalid, exceeds a limit, or takes too many steps on a text.
  case pattern(PatternError)
  /// The captures have more than one kind.
  case mixedKinds([ProfileKind])
  /// The captures have more than one clock.
  case mixedClocks([ProfileClock])
  /// The question is about single calls, and captures cover slices of time with any number of them.
  case capturesOfSlices(count: Int, of: Int)
  /// The combination of metric, statistic and grouping has no meaning.
  case meaningless(Combination)
  /// The store keeps sums of profiles alone, and the question is about whole ones.
  case noWholeProfiles
  /// The width of a slice is not positive, or below a nanosecond.
  case badWidth
  /// The range holds more slices than a chart or a machine can hold.
  case tooManySlices(count: Int, limit: Int)
  /// The result would hold more values than a machine should.
  case tooManyValues(count: Int, limit: Int)
  /// The labels have so many values that comparing them all would not fit into memory.
  case tooManyInputs(count: Int, functions: Int)
  /// The weighted captures have sums that 127 bits do not hold; start and labels are those of the
  /// first capture that is too much.
  case weightedSumTooLarge(start: Timestamp, labels: Labels)
  /// The store's answers do not agree with each other, so that none of them can be trusted.
  case inconsistentStore(reason: String)
  /// A store without a snapshot named a function that came after the question had asked for names.
  case newFunction
  /// The question needs single captures, but those before a time are kept as sums of a level
  /// alone.
  case prunedCaptures(before: Timestamp, keptBy: SumLevel)
  /// The question needs a figure that sums of an older store lack, and the captures before a time,
  /// which have it, were pruned.
  case figureUnknown(Figure, before: Timestamp)
}

extension QueryError {
  /// A metric, a statistic and a grouping that do not go together, and why.
  public enum Combination: Hashable, Sendable {
    /// Cumulative times of the functions of a file or module overlap.
    case cumulativeTime(by: Grouping)
    /// Cumulative times of all functions overlap; one function has to be chosen.
    case cumulativeTimeOfAll(by: Grouping)
    /// A figure of whole captures has no functions to be grouped by.
    case figureOfCaptures(Metric, by: Grouping)
    /// A figure of whole captures has no part that functions have.
    case functionsOfCaptures(Metric)
    /// Captures are counted: there is no other statistic of them.
    case count(Statistic)
    /// A ratio of sums over a slice has no statistic per capture.
    case ratio(Metric, Statistic)
    /// Weights estimate sums and means alone.
    case weights(Statistic)
  }

  /// A short name for programs.
  public var code: String {
    switch self {
    case .badFilter: "badFilter"
    case .badProperty: "badProperty"
    case .pattern: "badPattern"
    case .mixedKinds: "mixedKinds"
    case .mixedClocks: "mixedClocks"
    case .capturesOfSlices: "capturesOfSlices"
    case .meaningless: "meaningless"
    case .noWholeProfiles: "noWholeProfiles"
    case .badWidth: "badWidth"
    case .tooManySlices: "tooManySlices"
    case .tooManyValues: "tooManyValues"
    case .tooManyInputs: "tooManyInputs"
    case .weightedSumTooLarge: "weightedSumTooLarge"
    case .inconsistentStore: "inconsistentStore"
    case .newFunction: "newFunction"
    case .prunedCaptures: "prunedCaptures"
    case .figureUnknown: "figureUnknown"
    }
  }
}

extension QueryError: CustomStringConvertible {
  /// What is wrong, in one line; which option helps is said by the front end.
  public var description: String {
    switch self {
    case .badFilter(let text):
      "cannot read the condition '\(text)': expected KEY=VALUE, KEY!=VALUE, KEY=~REGEX or KEY!~REGEX, "
        + "or a property such as @kind=traced"
    case .badProperty(let text, let reason):
      "cannot use the condition '\(text)': \(reason)"
    case .pattern(let error):
      error.description
    case .mixedKinds(let kinds):
      "the captures are of more than one kind (\(kinds.map(\.rawValue).joined(separator: ", "))), "
        + "whose figures do not add up"
    case .mixedClocks(let clocks):
      "the captures measure more than one clock "
        + "(\(clocks.map(\.rawValue).joined(separator: ", "))), whose times do not add up"
    case .capturesOfSlices(let count, let captures):
      "\(count) of the \(captures) captures cover a slice of time with any number of calls, so "
        + "figures per capture show how busy a program was, not how slow its calls were"
    case .meaningless(let combination):
      combination.description
    case .noWholeProfiles:
      "this store does not keep whole profiles"
    case .badWidth:
      "the width of a slice must be at least 1 ns"
    case .tooManySlices(let count, let limit):
      "the range has \(count) slices; the limit is \(limit)"
    case .tooManyValues(let count, let limit):
      "the result has \(count) values; the limit is \(limit)"
    case .tooManyInputs(let count, let functions):
      "the labels have more than \(count) values, too many for \(functions) functions"
    case .weightedSumTooLarge(let start, let labels):
      "the weighted sums exceed 127 bits at the capture that started at "
        + "\(start.iso8601)\(labels.words)"
    case .inconsistentStore(let reason):
      "the store is inconsistent (\(reason)), so the query has no reliable result"
    case .newFunction:
      "new captures interrupted the query three times: try again"
    case .prunedCaptures(let time, _):
      "single captures before \(time.iso8601) were pruned"
    case .figureUnknown(let figure, let time):
      "the \(figure) of captures before \(time.iso8601) is unknown: they were pruned, and their "
        + "sums were made by an older version of Strata, which did not keep it"
    }
  }
}

extension QueryError.Combination: CustomStringConvertible {
  /// Why it has no meaning.
  public var description: String {
    switch self {
    case .cumulativeTime(let grouping):
      "cumulative time cannot be grouped by \(grouping): a function and those it calls would be "
        + "counted twice inside one \(grouping)"
    case .cumulativeTimeOfAll:
      "cumulative time over all functions counts each second once per level of the stack"
    case .figureOfCaptures(let metric, let grouping):
      "\(metric.name) cannot be grouped by \(grouping): it is a figure of whole captures, and "
        + "each contains many"
    case .functionsOfCaptures(let metric):
      "\(metric.name) is a figure of whole captures, not of functions"
    case .count(let statistic):
      "captures are counted: a statistic such as \(statistic) has no meaning for them"
    case .ratio(let metric, let statistic):
      "\(metric.name) is a ratio of sums over a slice: a statistic such as \(statistic) has no meaning "
        + "for it"
    case .weights(let statistic):
      "weights estimate sums and means, not \(statistic)"
    }
  }
}

extension QueryError {
  /// Runs work on an expression for a question, whose errors are those of the question.
  package static func wrap<Value>(
    _ work: () throws(PatternError) -> Value
  ) throws(QueryError) -> Value {
    do throws(PatternError) { return try work() } catch { throw .pattern(error) }
  }
}

extension Labels {
  /// The labels as an inset; nothing where there are none.
  fileprivate var words: String {
    guard !pairs.isEmpty else { return "" }
    return " (" + pairs.map { "\($0.key)=\($0.value)" }.joined(separator: ", ") + ")"
  }
}
