// SPDX-License-Identifier: Apache-2.0

/// Adds profiles up, function by function, with their callers.
///
/// Merging *n* profiles costs their size, not *n* times the size of the result as repeated
/// `pstats.Stats.add` does. Sums of times are taken in the order of the calls; new functions
/// and callers are appended, so the order is that of pstats.
public struct ProfileMerger: Sendable {
  private struct Row {
    var function: Int32
    var statistics: CallStatistics
    var edges = EdgeList()
  }

  private var functions = FunctionNumbers()
  private var rows: [Row] = []
  /// The row of each function, or -1 for one that only calls others.
  private var rowOfFunction: [Int32] = []
  private var edges = EdgeLists()
  private var totalTime = 0.0
  /// The one profile that was added so far, as it is: most sums are of one.
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
    for row in profile.rows {
      let edges = profile.edges[row.edgeRange].lazy.map {
        StatsProfile.Edge(caller: numbers[Int($0.caller)], figures: $0.figures)
      }
      add(row.statistics, edges: edges, to: numbers[Int(row.function)], keepingSign: isFirst)
    }
    totalTime = isFirst ? profile.totalTime : totalTime + profile.totalTime
  }

  /// Adds the figures of one function.
  public mutating func add(_ function: FunctionProfile) {
    takeApart()
    let edges = function.callers.map {
      StatsProfile.Edge(caller: functions.number(of: $0.caller), figures: $0.figures)
    }
    let callee = functions.number(of: function.function)
    add(function.statistics, edges: edges, to: callee, keepingSign: true)
    totalTime += function.statistics.selfTime
  }

  /// What has been added so far.
  public var profile: StatsProfile {
    if let onlyProfile { return onlyProfile }
    var edges: [StatsProfile.Edge] = []
    edges.reserveCapacity(self.edges.count)
    let columns = rows.map { row in
      let first = Int32(edges.count)
      self.edges.append(row.edges, to: &edges)
      return StatsProfile.Row(
        function: row.function,
        firstEdge: first,
        edgeCount: row.edges.count,
        statistics: row.statistics
      )
    }
    return StatsProfile(
      functionTable: functions.functions,
      rows: columns,
      edges: edges,
      totalTime: totalTime
    )
  }

  /// The sign of -0.0 is kept on request; pstats adds later functions to 0, which drops it.
  private mutating func add(
    _ statistics: CallStatistics,
    edges: some Collection<StatsProfile.Edge>,
    to function: Int32,
    keepingSign: Bool
  ) {
    while rowOfFunction.count < functions.count { rowOfFunction.append(-1) }
    var row = Int(rowOfFunction[Int(function)])
    if row >= 0 {
      rows[row].statistics.add(statistics)
    } else {
      row = rows.count
      rowOfFunction[Int(function)] = Int32(row)
      var sum = statistics
      if !keepingSign { sum.add(.zero) }
      rows.append(Row(function: function, statistics: sum))
    }
    self.edges.add(edges, of: function, to: &rows[row].edges)
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
    return merger.profile
  }
}
