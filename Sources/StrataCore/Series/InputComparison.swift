// SPDX-License-Identifier: Apache-2.0

/// Which kinds of input cost what: the captures of each label value against all others.
public struct InputComparison: Hashable, Sendable {
  /// The label keys that were compared.
  public var keys: [String]
  /// All captures that were looked at.
  public var captures: Int
  /// Their self time together.
  public var selfTime: Nanoseconds.Sum
  /// The kind of all captures; nil without captures.
  public var kind: ProfileKind?
  /// The clock of all captures; nil without captures.
  public var clock: ProfileClock?
  /// The values of all keys, the one that costs most first.
  public var inputs: [Input]
  /// Caveats to display with the result.
  public var warnings: [Warning]

  /// One label value.
  public struct Input: Hashable, Sendable {
    /// The key of the label.
    public var key: String
    /// Its value; nil for the captures without the label.
    public var value: String?
    /// The captures with it.
    public var distribution: Distribution
    /// The captures without it.
    public var rest: Distribution
    /// The functions that make the difference, the largest first.
    public var functions: [FunctionDifference]

    /// Creates the figures of one label value.
    public init(
      key: String,
      value: String?,
      distribution: Distribution,
      rest: Distribution,
      functions: [FunctionDifference]
    ) {
      self.key = key
      self.value = value
      self.distribution = distribution
      self.rest = rest
      self.functions = functions
    }

    /// What these captures cost beyond as many average captures of the rest, in nanoseconds;
    /// nil where there is no rest to compare with.
    public var excess: MetricValue? {
      guard rest.captures > 0 else { return nil }
      return MetricValue(
        (distribution.sum * Int128(rest.captures) - rest.sum * Int128(distribution.captures)).count,
        dividedBy: Int128(rest.captures)
      )
    }
  }

  /// The self time per capture of a set of captures.
  public struct Distribution: Hashable, Sendable {
    /// How many captures.
    public var captures: Int
    /// Their self time together.
    public var sum: Nanoseconds.Sum
    /// The median; nil without captures.
    public var p50: Nanoseconds.Sum?
    /// The value that 95 % of the captures do not exceed; nil without captures.
    public var p95: Nanoseconds.Sum?

    /// Creates the figures of a set of captures.
    public init(captures: Int, sum: Nanoseconds.Sum, p50: Nanoseconds.Sum?, p95: Nanoseconds.Sum?) {
      self.captures = captures
      self.sum = sum
      self.p50 = p50
      self.p95 = p95
    }

    /// The sum divided by the captures; nil without captures.
    public var mean: MetricValue? { MetricValue(sum.count, dividedBy: Int128(captures)) }
  }

  /// How one function differs between the captures with a label value and the rest.
  public struct FunctionDifference: Hashable, Sendable {
    /// The function.
    public var function: Function
    /// The captures with the value.
    public var side: ChangeSplit.Side
    /// The captures without it.
    public var rest: ChangeSplit.Side
    /// What the function costs beyond the rest, over all captures with the value.
    public var split: ChangeSplit

    /// Compares a function on both sides.
    public init(function: Function, side: ChangeSplit.Side, rest: ChangeSplit.Side) {
      self.function = function
      self.side = side
      self.rest = rest
      self.split = ChangeSplit(from: rest, to: side)
    }
  }

  /// Creates a comparison.
  public init(
    keys: [String],
    captures: Int,
    selfTime: Nanoseconds.Sum,
    kind: ProfileKind?,
    clock: ProfileClock?,
    inputs: [Input],
    warnings: [Warning] = []
  ) {
    self.keys = keys
    self.captures = captures
    self.selfTime = selfTime
    self.kind = kind
    self.clock = clock
    self.inputs = inputs
    self.warnings = warnings
  }
}
