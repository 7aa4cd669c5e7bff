// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataFormats
import StrataSpool

/// A real profile of one endpoint and input, with what must hold in every variation of it.
struct BaseProfile {
  /// The figures of a function or an edge; times in nanoseconds.
  struct Figures {
    var calls: Int64 = 0
    var primitives: Int64 = 0
    var selfTime: Int64 = 0
    var cumulative: Int64 = 0

    /// The time in what is called from here.
    var below: Int64 { cumulative - selfTime }

    init() {}

    init(_ statistics: CallStatistics) {
      calls = Int64(statistics.callCount)
      primitives = Int64(statistics.primitiveCallCount)
      selfTime = Nanoseconds(nearestTo: statistics.selfTime)?.count ?? 0
      cumulative = Nanoseconds(nearestTo: statistics.cumulativeTime)?.count ?? 0
    }
  }

  /// A function, and the range of the edges that lead to it.
  struct Row {
    let function: Int32
    let figures: Figures
    let edges: Range<Int>
  }

  /// An edge: its number in the corpus, and the row of its caller.
  struct Edge {
    let number: Int32
    let caller: Int
    let figures: Figures
  }

  let labels: Labels
  private(set) var rows: [Row] = []
  private(set) var edges: [Edge] = []

  /// Reads the dump `SERVICE,ENDPOINT,INPUT.prof`.
  init(path: String, names: inout CorpusNames) throws {
    labels = try Self.labels(path)
    let dump = try PstatsDump(RegularFile.read(path)).profile
    let profile = StatsProfile(functions: dump.functions.map(\.withoutAddresses))
    let numbers = profile.functions.map { names.number(of: $0.function) }
    let places = Dictionary(uniqueKeysWithValues: zip(numbers, 0...))
    for (number, function) in zip(numbers, profile.functions) {
      let first = edges.count
      for case let (caller, .full(figures)) in function.callers.map({ ($0.caller, $0.figures) }) {
        let caller = names.number(of: caller)
        guard let place = places[caller] else { continue }
        let edge = names.number(of: CorpusNames.Edge(caller: caller, callee: number))
        edges.append(Edge(number: edge, caller: place, figures: Figures(figures)))
      }
      let figures = Figures(function.statistics)
      rows.append(Row(function: number, figures: figures, edges: first..<edges.count))
    }
  }

  private static func labels(_ path: String) throws -> Labels {
    let name = path.split(separator: "/").last?.dropLast(".prof".count) ?? ""
    let parts = name.split(separator: ",").map(String.init)
    guard parts.count == 3 else { throw BenchmarkError("\(path): no base dump of the workloads") }
    let endpoint = String(parts[1].map { $0 == "." ? "/" : $0 })
    return ["service": parts[0], "endpoint": endpoint, "input": parts[2]]
  }
}

extension FunctionProfile {
  /// The same with canonical names.
  fileprivate var withoutAddresses: FunctionProfile {
    FunctionProfile(
      function: function.canonical,
      statistics: statistics,
      callers: callers.map { CallEdge(caller: $0.caller.canonical, figures: $0.figures) }
    )
  }
}
