// SPDX-License-Identifier: Apache-2.0

/// What a series measures: a figure, or one figure divided by another.
public struct Metric: Hashable, Sendable {
  /// What is added up.
  public let figure: Figure
  /// The figure that sums of it are divided by; nil where they are shown undivided.
  public let per: Figure?

  /// Creates a metric.
  ///
  /// - Precondition: Only figures of functions are divided, and by figures of functions.
  public init(_ figure: Figure, per divisor: Figure? = nil) {
    precondition(
      divisor.map { $0.subject == .function && figure.subject == .function } ?? true,
      "\(figure) cannot be divided by \(divisor.map(\.name) ?? "nothing")"
    )
    self.figure = figure
    self.per = divisor
  }

  /// The unit of the values.
  public var unit: Unit {
    per.map { figure.unit.per($0.unit) } ?? figure.unit
  }

  /// Whether the parts of a sum do not overlap, so that a stack of them is a total.
  public var isAdditive: Bool { figure.addsUp && per == nil }

  /// Whether each value is divided by another figure, such as a number of calls.
  public var isPerCall: Bool { per != nil }
}

extension Metric: CaseIterable {
  /// Time in the function itself: the layers of a stack of it add up to measured time.
  public static let selfTime = Metric(.selfTime)
  /// Time in the function and all that it calls: the layers of a stack of it overlap.
  public static let cumulativeTime = Metric(.cumulativeTime)
  /// All calls.
  public static let calls = Metric(.calls)
  /// Calls that were not made through recursion.
  public static let primitiveCalls = Metric(.primitiveCalls)
  /// Self time divided by calls.
  ///
  /// As in pstats, self time is divided by all calls, cumulative time by the primitive ones: it
  /// counts recursion once.
  public static let selfTimePerCall = Metric(.selfTime, per: .calls)
  /// Cumulative time divided by primitive calls.
  public static let cumulativeTimePerCall = Metric(.cumulativeTime, per: .primitiveCalls)
  /// The number of captures.
  public static let captures = Metric(.captures)
  /// How long captures took.
  public static let duration = Metric(.duration)

  /// Each figure by itself, those of functions first, and the ratios that have a name.
  public static let allCases: [Metric] =
    Figure.all.filter { $0.subject == .function }.map { Metric($0) }
    + [.selfTimePerCall, .cumulativeTimePerCall]
    + Figure.all.filter { $0.subject != .function }.map { Metric($0) }
}

// MARK: - Names

extension Metric {
  /// Reads a name: Strata's (`self`, `cumulative`, `calls`, `pcalls`, `self-per-call`…), pstats'
  /// (`tottime`, `cumtime`, `ncalls`), or that of the JSON output (`selfTime`…).
  public init?(name: String) {
    guard let metric = Self.allCases.first(where: { $0.names.contains(name) }) else { return nil }
    self = metric
  }

  /// The name in JSON and other data.
  public var rawValue: String {
    guard let per else { return figure.name }
    return "\(figure.name)Per\(per.unit.one.prefix(1).uppercased())\(per.unit.one.dropFirst())"
  }

  /// The name on the command line.
  public var name: String {
    guard let per else { return figure.usualWord }
    return "\(figure.usualWord)-per-\(per.unit.one)"
  }

  /// The name at the beginning of a headline: `Self time per call`.
  public var title: String {
    guard let per else { return figure.title }
    return "\(figure.title) per \(per.unit.one)"
  }

  /// Two columns of pstats are called `percall`: the one beside `tottime` is meant.
  private static let ratioOfPstats = (name: "percall", metric: Metric.selfTimePerCall)

  private var names: [String] {
    let own = per == nil ? figure.words : [name, rawValue]
    return self == Self.ratioOfPstats.metric ? own + [Self.ratioOfPstats.name] : own
  }
}

extension Metric: CustomStringConvertible {
  /// The name in JSON and other data.
  public var description: String { rawValue }
}

extension Figure {
  /// The first of its names on the command line.
  fileprivate var usualWord: String { words.first ?? name }
}

// MARK: - Units

extension Metric {
  /// The unit of a metric's values.
  public struct Unit: Hashable, Sendable {
    /// What a unit measures, which decides how its numbers are written for people.
    public enum Quantity: Hashable, Sendable {
      /// A time in nanoseconds.
      case time
      /// A number of something.
      case count
    }

    /// What it measures.
    public let quantity: Quantity
    /// The name in data: `ns`, `calls`, `ns/call`.
    public let rawValue: String
    /// One of what is counted: `call`.
    public let one: String
    /// What the values are divided by, in the singular; nil where they are sums.
    public let divisor: String?

    private init(_ quantity: Quantity, _ name: String, one: String, divisor: String? = nil) {
      self.quantity = quantity
      rawValue = name
      self.one = one
      self.divisor = divisor
    }

    /// Nanoseconds.
    public static let nanoseconds = Unit(.time, "ns", one: "ns")
    /// A number of calls.
    public static let calls = Unit(.count, "calls", one: "call")
    /// A number of captures.
    public static let captures = Unit(.count, "captures", one: "capture")
    /// Nanoseconds for each call.
    public static let nanosecondsPerCall = Unit.nanoseconds.per(.calls)

    /// This unit for each one of another.
    public func per(_ other: Unit) -> Unit {
      Unit(quantity, "\(rawValue)/\(other.one)", one: one, divisor: other.one)
    }
  }
}

// MARK: - Statistics

/// How the captures of one slice become one value.
public enum Statistic: String, Hashable, Sendable, CaseIterable {
  /// The sum over the captures.
  case sum
  /// The sum divided by the number of captures, of those that have the figure.
  case mean
  /// The median capture.
  case p50
  /// The capture that 95 % of the captures do not exceed.
  case p95
  /// The largest capture.
  case max
}
