// SPDX-License-Identifier: Apache-2.0

/// Two sets of captures compared function by function: before and after a change.
///
/// ```swift
/// let comparison = try ProfileComparison(of: before, with: after).sorted(by: .selfTime)
/// for change in comparison.functions.prefix(10) {
///   print(change.function, change.difference.moreCalls, change.difference.slowerCalls)
/// }
/// ```
public struct ProfileComparison: Hashable, Sendable {
  /// What counts as the same function on both sides.
  public enum Matching: String, Hashable, Sendable, CaseIterable {
    /// The same file, line and name, addresses in names aside.
    case function
    /// The same file and name, so that a function which moved some lines keeps its identity.
    case name
  }

  /// The captures of one side.
  public struct Side: Hashable, Sendable {
    /// How many.
    public var captures: Int
    /// When the first one started, where that is known.
    public var first: Timestamp?
    /// When the last one started.
    public var last: Timestamp?

    /// Creates a side.
    public init(captures: Int, first: Timestamp? = nil, last: Timestamp? = nil) {
      self.captures = captures
      self.first = first
      self.last = last
    }
  }

  /// What counts as the same function.
  public var grouping: Matching
  /// Whether calls and times are those of an average capture.
  public var isPerCapture: Bool
  /// How the figures of both sides came about; nil where that is not known.
  public var kind: ProfileKind?
  /// What the times of both sides measure; nil where that is not known.
  public var clock: ProfileClock?
  /// The captures that are compared with.
  public var before: Side
  /// The captures that are compared.
  public var after: Side
  /// The change of all functions together; its cumulative time has no meaning.
  public var total: ProfileDifference
  /// The functions in their order.
  public var functions: [FunctionChange]
  /// The functions that ``keeping(_:)`` took out, together.
  public var other: ProfileDifference
  /// How many functions `other` sums.
  public var otherCount = 0
  /// Caveats to display with the result.
  public var warnings: [Warning]

  /// Compares two sums whose functions are grouped alike.
  ///
  /// - Parameters:
  ///   - before: The captures to compare with.
  ///   - after: The captures to compare.
  ///   - grouping: What counts as the same function in both of them.
  ///   - isPerCapture: Whether both sides are divided by their captures.
  /// - Complexity: O(*n* log *n*) in the functions.
  public init(
    of before: CaptureSum,
    with after: CaptureSum,
    grouping: Matching = .function,
    isPerCapture: Bool = false
  ) {
    let scale =
      isPerCapture ? CaptureScale(perCaptureOf: before.captures, and: after.captures) : .sums
    self.grouping = grouping
    self.isPerCapture = isPerCapture
    kind = after.kind ?? before.kind
    clock = after.clock ?? before.clock
    self.before = Side(captures: before.captures, first: before.first, last: before.last)
    self.after = Side(captures: after.captures, first: after.first, last: after.last)
    functions = Set(before.functions.keys).union(after.functions.keys).map { function in
      FunctionChange(function, before.functions[function], after.functions[function], scale)
    }
    total = ProfileDifference(scale: scale)
    other = total
    warnings = []
    for function in functions { total.add(function.difference) }
    functions = sorted(by: .selfTime).functions
    warnings = [movedFunctions, differentCaptures].compactMap(\.self)
  }

  /// Compares two profiles.
  ///
  /// - Throws: ``CaptureError`` that names the function whose time or count cannot be summed.
  /// - Complexity: O(*n* log *n*) in the functions, and O(*n*) in their callers.
  public init(
    of before: StatsProfile,
    with after: StatsProfile,
    grouping: Matching = .function,
    stripsDirectories: Bool = false
  ) throws(CaptureError) {
    self.init(
      of: try CaptureSum(before, grouping: grouping, stripsDirectories: stripsDirectories),
      with: try CaptureSum(after, grouping: grouping, stripsDirectories: stripsDirectories),
      grouping: grouping
    )
  }

  /// A hint where functions of the same file and name vanish at one line and appear at another.
  private var movedFunctions: Warning? {
    guard grouping == .function else { return nil }
    func names(_ presence: FunctionChange.Presence) -> Set<Function> {
      Set(
        functions.lazy.filter { $0.presence == presence }
          .map { Matching.name.key(of: $0.function, stripsDirectories: false) }
      )
    }
    let moved = names(.appeared).intersection(names(.vanished)).count
    return moved > 0 ? .functionsMoved(moved) : nil
  }

  /// Sums of different numbers of captures differ without any change of the program.
  private var differentCaptures: Warning? {
    guard !isPerCapture, before.captures != after.captures else { return nil }
    return .capturesDiffer(before: before.captures, after: after.captures)
  }
}

/// How one function changed.
public struct FunctionChange: Hashable, Sendable {
  /// On which sides a function is known.
  public enum Presence: String, Hashable, Sendable, CaseIterable {
    /// On both.
    case both
    /// On the after side alone.
    case appeared
    /// On the before side alone.
    case vanished
  }

  /// The function; its line is 0 where functions are grouped by file and name.
  public var function: Function
  /// On which sides it is known.
  public var presence: Presence
  /// Its figures on both sides.
  public var difference: ProfileDifference

  init(
    _ function: Function,
    _ before: FunctionTotals?,
    _ after: FunctionTotals?,
    _ scale: CaptureScale
  ) {
    self.function = function
    presence = before == nil ? .appeared : after == nil ? .vanished : .both
    difference = ProfileDifference(before: before ?? .zero, after: after ?? .zero, scale: scale)
  }
}
