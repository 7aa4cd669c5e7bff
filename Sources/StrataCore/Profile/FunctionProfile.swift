// SPDX-License-Identifier: Apache-2.0

/// One function's figures and callers in one profile.
public struct FunctionProfile: Hashable, Sendable {
  /// The function.
  public var function: Function
  /// Its calls and times over all callers.
  public var statistics: CallStatistics
  /// Who called it, in the order of the dump.
  public var callers: [CallEdge]

  /// Creates the figures of one function.
  public init(function: Function, statistics: CallStatistics, callers: [CallEdge] = []) {
    self.function = function
    self.statistics = statistics
    self.callers = callers
  }
}

/// The calls that one function made to another.
public struct CallEdge: Hashable, Sendable {
  /// What a profiler knows of an edge.
  public enum Figures: Hashable, Sendable {
    /// All four figures, of the callee while it was called from this caller (cProfile).
    case full(CallStatistics)
    /// The number of calls alone (the pure-Python `profile` module, and samplers).
    case countOnly(CallCount)
  }

  /// The function that called.
  public var caller: Function
  /// What is known of these calls.
  public var figures: Figures

  /// Creates an edge from `caller` to the function that lists it.
  public init(caller: Function, figures: Figures) {
    self.caller = caller
    self.figures = figures
  }

  /// All calls along this edge.
  public var callCount: CallCount {
    switch figures {
    case .full(let statistics): statistics.callCount
    case .countOnly(let count): count
    }
  }
}

extension CallEdge.Figures {
  /// Adds the figures of the same edge in another capture.
  ///
  /// Where one side knows the count alone, so does the sum: half of a time would be no time.
  /// (CPython raises a `TypeError` there.)
  package mutating func add(_ other: CallEdge.Figures) {
    switch (self, other) {
    case (.full(var sum), .full(let addend)):
      sum.add(addend)
      self = .full(sum)
    case (.full(let statistics), .countOnly(let count)),
      (.countOnly(let count), .full(let statistics)):
      self = .countOnly(statistics.callCount.addingSaturated(count))
    case (.countOnly(let left), .countOnly(let right)):
      self = .countOnly(left.addingSaturated(right))
    }
  }
}
