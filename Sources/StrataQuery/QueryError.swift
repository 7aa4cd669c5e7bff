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
  /// The combination of metric and grouping has no meaning.
  case unsupported(String)
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
  /// The question needs single captures, of which those before a time are kept as sums of a level
  /// alone.
  case prunedCaptures(before: Timestamp, keptBy: SumLevel)
}

extension QueryError: CustomStringConvertible {
  /// The error as one line that says what to do.
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
        + "whose figures do not add up: choose one with --where @kind=\(kinds.first?.rawValue ?? "traced")"
    case .mixedClocks(let clocks):
      "the captures measure more than one clock "
        + "(\(clocks.map(\.rawValue).joined(separator: ", "))), "
        + "whose times do not add up: choose one with --where @clock=\(clocks.first?.rawValue ?? "wall")"
    case .capturesOfSlices(let count, let captures):
      "\(count) of the \(captures) captures cover a slice of time with any number of calls, so that "
        + "figures per capture show how busy a program was, not how slow its calls were: choose "
        + "captures of calls with --where, or ask for sums or per-call metrics "
        + "(slices --metric cumulative-per-call)"
    case .unsupported(let reason):
      reason
    case .badWidth:
      "the width of a slice must be at least 1 ns"
    case .tooManySlices(let count, let limit):
      "the range holds \(count) slices, more than \(limit): "
        + "choose wider ones with --every, or a shorter range with --since and --until"
    case .tooManyValues(let count, let limit):
      "the result holds \(count) values, more than \(limit): "
        + "name fewer series with --top, or choose wider slices with --every"
    case .tooManyInputs(let count, let functions):
      "the labels have more than \(count) values for \(functions) functions: "
        + "choose one label with --key, or fewer captures with --where"
    case .weightedSumTooLarge(let start, let labels):
      "the sums exceed 127 bits at the capture that started at \(start.iso8601)\(labels.words), counted "
        + "as often as its weight says: leave it out with --since, --until or --where, or ask without "
        + "--weighted"
    case .inconsistentStore(let reason):
      "the store's answers disagree (\(reason)), so none can be given: look for damage with "
        + "'strata store verify'"
    case .newFunction:
      "captures arrived so fast that the question was overtaken three times: ask again"
    case .prunedCaptures(let time, let level):
      "single captures before \(time.iso8601) were pruned: "
        + "choose later ones with --since \(time.iso8601)\(level.advice)"
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

extension SumLevel {
  /// What can be asked of sums of the level, as an inset.
  fileprivate var advice: String {
    guard width != nil else { return "" }
    return ", or ask what sums by the \(rawValue) answer: ranges of whole \(rawValue)s with one "
      + "label at most, slices of --every 1\(rawValue.prefix(1)) or a multiple, sums and means "
      + "without weights"
  }
}
