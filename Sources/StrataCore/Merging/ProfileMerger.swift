// SPDX-License-Identifier: Apache-2.0

/// Adds profiles up, function by function, with their callers.
///
/// Merging *n* profiles costs their size, not *n* times the size of the result as repeated
/// `pstats.Stats.add` does. Sums of times are taken in the order of the calls; new functions
/// and callers are appended, so the order is that of pstats.
public struct ProfileMerger: Sendable {
  private struct Row {
    var function: Int32
    var figures: CompactFigures
    var edges = EdgeList()
  }

  private var functions = FunctionInterner()
  private var rows: [Row] = []
  /// The row of each function, or -1 for one that only calls others.
  private var rowOfFunction: [Int32] = []
  private var edges = EdgeLists()
  private var sums = CountCarry()
  private var totalTime = 0.0
  /// The one profile that was added so far, unchanged: most sums are of one.
  private var onlyProfile: StatsProfile?

  /// Creates a merger that holds nothing.
  public init() {}

  /// Adds every function of a profile.
  ///
  /// - Complexity: O(*n*) in the functions and callers of `profile`.
  public mutating func add(_ profile: StatsProfile) {
    if rows.isEmpty, onlyProfile == nil {
      onlyProfile = profile
    } else {
      takeApart()
      merge(profile)
    }
  }

  /// Merges the profile that was kept whole, now that there are more.
  private mutating func takeApart() {
    guard let first = onlyProfile else { return }
    onlyProfile = nil
    merge(first)
  }

  private mutating func merge(_ profile: StatsProfile) {
    let isFirst = rows.isEmpty
    let numbers = functions.numbers(of: profile.functionTable)
    sums.addends = profile.wideCounts
    for row in profile.rows {
      let function = numbers[Int(row.function)]
      let sum = add(row.figures, to: function, keepingSign: isFirst)
      var expected = rows[sum].edges.first
      for index in row.edgeRange {
        var edge = profile.edges[index]
        edge.caller = numbers[Int(edge.caller)]
        expected = edges.add(
          edge,
          of: function,
          to: &rows[sum].edges,
          expected: expected,
          &sums
        )
      }
    }
    totalTime = isFirst ? profile.totalTime : totalTime + profile.totalTime
  }

  /// Adds the figures of one function.
  public mutating func add(_ function: FunctionProfile) {
    takeApart()
    sums.addends = WideCounts()
    let edges = function.callers.map { caller in
      StatsProfile.Edge(
        caller: functions.number(of: caller.caller),
        caller.figures,
        &sums.addends
      )
    }
    let callee = functions.number(of: function.function)
    let figures = CompactFigures(function.statistics, &sums.addends)
    let sum = add(figures, to: callee, keepingSign: true)
    var expected = rows[sum].edges.first
    for edge in edges {
      expected = self.edges.add(
        edge,
        of: callee,
        to: &rows[sum].edges,
        expected: expected,
        &sums
      )
    }
    totalTime += function.statistics.selfTime
  }

  /// What has been added so far.
  ///
  /// - Complexity: O(*n*) in its functions and callers, in time and in memory.
  public var profile: StatsProfile {
    var copy = self
    return copy.takeProfile()
  }

  /// What has been added so far, and no more of it here.
  ///
  /// - Complexity: O(*n*) in its functions and callers; the profile takes over the memory of the
  ///   sum where ``profile`` copies it.
  public mutating func takeProfile() -> StatsProfile {
    defer { self = ProfileMerger() }
    if let onlyProfile { return onlyProfile }
    let functions = functions.takeFunctions()
    rowOfFunction = []
    let edges = edges.takeEdges(of: rows.lazy.map(\.edges))
    var firstEdge: Int32 = 0
    let columns = rows.map { row in
      defer { firstEdge += row.edges.count }
      return StatsProfile.Row(
        function: row.function,
        firstEdge: firstEdge,
        edgeCount: row.edges.count,
        figures: row.figures
      )
    }
    return StatsProfile(
      functionTable: functions,
      rows: columns,
      edges: edges,
      wideCounts: sums.wide,
      totalTime: totalTime
    )
  }

  /// Adds the figures of a function to its row, and returns which that is.
  ///
  /// The sign of -0.0 is kept on request; pstats adds later functions to 0, which drops it.
  private mutating func add(
    _ figures: CompactFigures,
    to function: Int32,
    keepingSign: Bool
  ) -> Int {
    while rowOfFunction.count <= Int(function) { rowOfFunction.append(-1) }
    let known = Int(rowOfFunction[Int(function)])
    if known >= 0 {
      sums.add(figures, to: &rows[known].figures)
      return known
    }
    var sum = sums.first(figures)
    if !keepingSign {
      sum.selfTime += 0
      sum.cumulativeTime += 0
    }
    rowOfFunction[Int(function)] = Int32(rows.count)
    rows.append(Row(function: function, figures: sum))
    return rows.count - 1
  }
}

extension StatsProfile {
  /// The sum of this profile and another one.
  ///
  /// For many profiles use a ``ProfileMerger``.
  public func merged(with other: StatsProfile) -> StatsProfile {
    var merger = ProfileMerger()
    merger.add(self)
    merger.add(other)
    return merger.takeProfile()
  }
}
