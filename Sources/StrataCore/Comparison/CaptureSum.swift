// SPDX-License-Identifier: Apache-2.0

/// Captures added up function by function: one side of a ``ProfileComparison``.
public struct CaptureSum: Hashable, Sendable {
  /// How many captures.
  public var captures: Int
  /// When the first one started, where that is known.
  public var first: Timestamp?
  /// When the last one started.
  public var last: Timestamp?
  /// How the figures came about; nil where that is not known.
  public var kind: ProfileKind?
  /// What the times measure; nil where that is not known.
  public var clock: ProfileClock?
  /// The figures of each function that the captures name.
  public var functions: [Function: FunctionTotals]

  /// Creates a sum.
  public init(
    captures: Int,
    first: Timestamp? = nil,
    last: Timestamp? = nil,
    kind: ProfileKind? = nil,
    clock: ProfileClock? = nil,
    functions: [Function: FunctionTotals] = [:]
  ) {
    self.captures = captures
    self.first = first
    self.last = last
    self.kind = kind
    self.clock = clock
    self.functions = functions
  }

  /// Creates the sum of one profile; functions that become the same are summed.
  ///
  /// - Parameters:
  ///   - profile: The profile; each of its times counts as the nearest nanosecond.
  ///   - grouping: What counts as the same function.
  ///   - stripsDirectories: Whether files are known by the last part of their path alone.
  /// - Throws: ``CaptureError`` that names the function whose time or count cannot be summed.
  /// - Complexity: O(*n*) in the functions and callers of the profile.
  public init(
    _ profile: StatsProfile,
    grouping: ProfileComparison.Matching = .function,
    stripsDirectories: Bool = false
  ) throws(CaptureError) {
    self.init(captures: 1)
    let columns = try IntegerColumns(profile)
    for index in profile.rows.indices {
      let function = profile.function(ofRow: index)
      add(columns[index], to: grouping.key(of: function, stripsDirectories: stripsDirectories))
    }
  }

  /// Adds the figures of a function.
  public mutating func add(_ figures: FunctionTotals, to function: Function) {
    functions[function, default: .zero].add(figures)
  }
}

extension ProfileComparison.Matching {
  /// The function that stands for all that count as the same.
  package func key(of function: Function, stripsDirectories: Bool) -> Function {
    let canonical = function.canonical
    var key = stripsDirectories ? canonical.strippingDirectory : canonical
    if self == .name { key.line = 0 }
    return key
  }
}
