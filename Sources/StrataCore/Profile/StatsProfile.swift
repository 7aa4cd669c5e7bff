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
/// Inside, functions are in a table once and rows and edges refer to it by number, so that
/// reading, merging and storing a profile of a thousand functions costs no thousand hashes.
public struct StatsProfile: Sendable {
  /// Every function that a row or an edge names, each once.
  package var functionTable: FunctionTable
  /// One row for each function with figures, in the order of the dump.
  package var rows: [Row]
  /// The callers of all rows, those of one row side by side.
  package var edges: [Edge]
  /// The numbers of calls of rows and edges that are too large to be stored there.
  package var wideCounts: WideCounts

  /// Seconds in all functions together, the sum in the order of the dump.
  ///
  /// It is kept, not computed: pstats adds the totals of merged dumps, and the last bits of a
  /// floating-point sum depend on the order.
  public package(set) var totalTime: Double

  /// The figures of one function: a number in the table, and a range of the edges; 40 bytes.
  package struct Row: Sendable {
    package var figures: CompactFigures
    package var function: Int32
    package var firstEdge: Int32
    package var edgeCount: Int32

    package init(function: Int32, firstEdge: Int32, edgeCount: Int32, figures: CompactFigures) {
      self.function = function
      self.firstEdge = firstEdge
      self.edgeCount = edgeCount
      self.figures = figures
    }

    package var edgeRange: Range<Int> { Int(firstEdge)..<Int(firstEdge) + Int(edgeCount) }
  }

  /// One caller of the row that owns the edge; 32 bytes.
  package struct Edge: Sendable {
    package var figures: CompactFigures
    package var caller: Int32
    /// Whether the number of calls is all that is known; the other figures are then zero.
    package var isCountOnly: Bool

    package init(caller: Int32, figures: CompactFigures, isCountOnly: Bool = false) {
      self.caller = caller
      self.figures = figures
      self.isCountOnly = isCountOnly
    }

    /// Makes an edge compact; its large counts go into `wide`.
    package init(caller: Int32, _ figures: CallEdge.Figures, _ wide: inout WideCounts) {
      switch figures {
      case .full(let statistics):
        self.init(caller: caller, figures: CompactFigures(statistics, &wide))
      case .countOnly(let count):
        self.init(caller: caller, callCount: wide.compact(count))
      }
    }

    /// Creates an edge whose number of calls is all that is known.
    package init(caller: Int32, callCount: CompactCount) {
      let figures = CompactFigures(
        callCount: callCount,
        primitiveCallCount: CompactCount(bits: 0),
        selfTime: 0,
        cumulativeTime: 0
      )
      self.init(caller: caller, figures: figures, isCountOnly: true)
    }
  }

  /// Creates a profile from columns; `totalTime` defaults to the sum in the order of the rows.
  package init(
    functionTable: FunctionTable,
    rows: [Row],
    edges: [Edge],
    wideCounts: WideCounts = WideCounts(),
    totalTime: Double? = nil
  ) {
    self.functionTable = functionTable
    self.rows = rows
    self.edges = edges
    self.wideCounts = wideCounts
    self.totalTime = totalTime ?? rows.reduce(0) { $0 + $1.figures.selfTime }
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
    self = merger.takeProfile()
  }

  /// The same profile without the bytes of its dump; the texts are a small part of them.
  ///
  /// Worth its time for a profile that is kept while others are read.
  ///
  /// - Complexity: O(*n*) in the functions and their texts.
  public var compact: StatsProfile {
    var copy = self
    copy.functionTable = functionTable.compact
    return copy
  }

  /// All calls of all functions.
  public var totalCalls: CallCount {
    rows.reduce(0) { $0.addingSaturated(wideCounts[$1.figures.callCount]) }
  }

  /// All calls that were not made through recursion.
  public var primitiveCalls: CallCount {
    rows.reduce(0) { $0.addingSaturated(wideCounts[$1.figures.primitiveCallCount]) }
  }
}

extension StatsProfile {
  /// The functions of a profile, in its order.
  public struct Functions: RandomAccessCollection, Sendable {
    private let profile: StatsProfile
    private let names: [Function]

    fileprivate init(_ profile: StatsProfile) {
      self.profile = profile
      names = profile.functionTable.functions
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
        statistics: profile.statistics(of: row),
        callers: profile.edges[row.edgeRange].map { edge in
          CallEdge(caller: names[Int(edge.caller)], figures: profile.figures(of: edge))
        }
      )
    }
  }

  /// The function of a row.
  package func function(ofRow row: Int) -> Function {
    functionTable[Int(rows[row].function)]
  }

  /// The figures of a row.
  package func statistics(of row: Row) -> CallStatistics {
    CallStatistics(row.figures, wideCounts)
  }

  /// What is known of the calls along an edge.
  package func figures(of edge: Edge) -> CallEdge.Figures {
    edge.isCountOnly
      ? .countOnly(wideCounts[edge.figures.callCount])
      : .full(CallStatistics(edge.figures, wideCounts))
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
