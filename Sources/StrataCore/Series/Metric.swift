// SPDX-License-Identifier: Apache-2.0

/// What a series measures.
public enum Metric: String, Hashable, Sendable, CaseIterable {
  /// Time in the function itself: the layers of a stack of it add up to measured time.
  case selfTime
  /// Time in the function and all that it calls: the layers of a stack of it overlap.
  case cumulativeTime
  /// All calls.
  case calls
  /// Calls that were not made through recursion.
  case primitiveCalls
  /// Self time divided by calls.
  case selfTimePerCall
  /// Cumulative time divided by primitive calls.
  case cumulativeTimePerCall
  /// The number of profiles.
  case captures

  /// The unit of a metric's values.
  public enum Unit: String, Hashable, Sendable {
    /// Nanoseconds.
    case nanoseconds = "ns"
    /// Nanoseconds for each call.
    case nanosecondsPerCall = "ns/call"
    /// A number of calls.
    case calls
    /// A number of captures.
    case captures
  }

  /// The unit of the values.
  public var unit: Unit {
    switch self {
    case .selfTime, .cumulativeTime: .nanoseconds
    case .calls, .primitiveCalls: .calls
    case .selfTimePerCall, .cumulativeTimePerCall: .nanosecondsPerCall
    case .captures: .captures
    }
  }

  /// Whether the parts of a sum do not overlap, so that a stack of them is a total.
  public var isAdditive: Bool {
    switch self {
    case .selfTime, .calls, .primitiveCalls, .captures: true
    case .cumulativeTime, .selfTimePerCall, .cumulativeTimePerCall: false
    }
  }

  /// Whether each value is divided by a number of calls.
  public var isPerCall: Bool {
    unit == .nanosecondsPerCall
  }
}

extension Metric {
  /// Reads a name: Strata's (`self`, `cumulative`, `calls`, `pcalls`, `self-per-call`…), pstats'
  /// (`tottime`, `cumtime`, `ncalls`), or that of the JSON output (`selfTime`…).
  public init?(name: String) {
    guard let metric = Self.names.first(where: { $0.names.contains(name) })?.metric else {
      return nil
    }
    self = metric
  }

  /// The name on the command line.
  public var name: String {
    Self.names.first { $0.metric == self }?.names.first ?? rawValue
  }

  private static let names: [(metric: Metric, names: [String])] = [
    (.selfTime, ["self", "tottime", "selfTime"]),
    (.cumulativeTime, ["cumulative", "cumtime", "cumulativeTime"]),
    (.calls, ["calls", "ncalls", "callCount"]),
    (.primitiveCalls, ["pcalls", "primitiveCalls", "primitiveCallCount"]),
    (.selfTimePerCall, ["self-per-call", "percall", "selfTimePerCall"]),
    (.cumulativeTimePerCall, ["cumulative-per-call", "cumulativeTimePerCall"]),
    (.captures, ["captures"]),
  ]
}

/// How the captures of one slice become one value.
public enum Statistic: String, Hashable, Sendable, CaseIterable {
  /// The sum over the captures.
  case sum
  /// The sum divided by the number of captures.
  case mean
  /// The median capture.
  case p50
  /// The capture that 95 % of the captures do not exceed.
  case p95
  /// The largest capture.
  case max
}
