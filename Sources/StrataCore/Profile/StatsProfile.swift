// SPDX-License-Identifier: Apache-2.0

/// One capture of a deterministic profiler: every function with its figures and callers.
///
/// It holds what `pstats.Stats` holds, with nothing cut, rounded or merged, in the order of the
/// dump: the order decides ties in reports and the last bits of floating-point sums.
///
/// ```swift
/// let profile = StatsProfile(functions: [
///   FunctionProfile(
///     function: Function(file: "a.py", line: 3, name: "f"),
///     statistics: CallStatistics(
///       callCount: 7, primitiveCallCount: 5, selfTime: 0.5, cumulativeTime: 0.5))
/// ])
/// for function in profile.functions where function.statistics.selfTime > 0.1 {
///   print(function.function)
/// }
/// ```
///
/// Inside, functions stand in a table once and rows and edges refer to it by number, so that
/// reading, merging and storing a profile of a thousand functions costs no thousand hashes.
public struct StatsProfile: Sendable {
  /// Every function that a row or an edge names, each once.
  package var functionTable: FunctionList
  /// One row for each function with figures, in the order of the dump.
  package var rows: [Row]
  /// The callers of all rows, those of one row side by side.
  package var edges: [Edge]

  /// Seconds in all functions together, the sum in the order of the dump.
  ///
  /// It is kept, not computed: pstats adds the totals of merged dumps, and the last bits of a
  /// floating-point sum depend on the order.
  public internal(set) var totalTime: Double

  /// The figures of one function: a number in the table, and a range of the edges.
  package struct Row: Sendable {
    package var function: Int32
    package var firstEdge: Int32
    package var edgeCount: Int32
    package var statistics: CallStatistics

    package init(function: Int32, firstEdge: Int32, edgeCount: Int32, statistics: CallStatistics) {
      self.function = function
      self.firstEdge = firstEdge
      self.edgeCount = edgeCount
      self.statistics = statistics
    }

    package var edgeRange: Range<Int> { Int(firstEdge)..<Int(firstEdge) + Int(edgeCount) }
  }

  /// One caller of the row that owns the edge.
  package struct Edge: Sendable {
    // In this order an edge takes 64 bytes, in the other 80: figures are aligned to 16.
    package var figures: CallEdge.Figures
    package var caller: Int32

    package init(caller: Int32, figures: CallEdge.Figures) {
      self.caller = caller
      self.figures = figures
    }
  }

  /// Creates a profile from columns; `totalTime` defaults to the sum in the order of the rows.
  package init(
    functionTable: FunctionList,
    rows: [Row],
    edges: [Edge],
    totalTime: Double? = nil
  ) {
    self.functionTable = functionTable
    self.rows = rows
    self.edges = edges
    self.totalTime = totalTime ?? rows.reduce(0) { $0 + $1.statistics.selfTime }
  }

  /// Creates a profile without functions.
  public init() {
    self.init(functionTable: [], rows: [], edges: [])
  }

  /// Creates a profile from the figures of its functions; a function given twice is summed.
  ///
  /// - Complexity: O(*n*) in the number of functions and callers.
  public init(functions: some Sequence<FunctionProfile>) {
    var merger = ProfileMerger()
    for function in functions { merger.add(function) }
    self = merger.profile
  }

  /// All calls of all functions.
  public var totalCalls: CallCount {
    rows.reduce(0) { $0.addingSaturated($1.statistics.callCount) }
  }

  /// All calls that were not made through recursion.
  public var primitiveCalls: CallCount {
    rows.reduce(0) { $0.addingSaturated($1.statistics.primitiveCallCount) }
  }
}

extension StatsProfile {
  /// The functions of a profile, in its order.
  public struct Functions: RandomAccessCollection, Sendable {
    private let profile: StatsProfile
    private let names: [Function]

    fileprivate init(_ profile: StatsProfile) {
      self.profile = profile
      names = Array(profile.functionTable)
    }

    /// The position of the first function.
    public var startIndex: Int { 0 }
    /// The position after the last function.
    public var endIndex: Int { profile.rows.count }

    /// The function at a position.
    ///
    /// - Complexity: O(*c*) in its callers.
    public subscript(position: Int) -> FunctionProfile {
      let row = profile.rows[position]
      return FunctionProfile(
        function: names[Int(row.function)],
        statistics: row.statistics,
        callers: profile.edges[row.edgeRange].map { edge in
          CallEdge(caller: names[Int(edge.caller)], figures: edge.figures)
        }
      )
    }
  }

  /// The function of a row.
  package func function(ofRow row: Int) -> Function {
    functionTable[Int(rows[row].function)]
  }

  /// Every function with its figures and callers, in the order of the dump.
  ///
  /// - Complexity: O(*n*) in the names: keep the collection where single functions are asked for.
  public var functions: Functions { Functions(self) }
}

extension StatsProfile: Equatable {
  /// Whether both hold the same functions, figures and callers in the same order.
  public static func == (left: StatsProfile, right: StatsProfile) -> Bool {
    left.rows.count == right.rows.count
      && left.functions.elementsEqual(right.functions)
  }
}
