// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// What a profiler had recorded at a moment.
public struct ProfilerSnapshot: Sendable {
  /// What was recorded under one set of labels.
  public struct Part: Sendable {
    /// The labels of the calls; empty for calls without.
    public let labels: Labels
    /// The statistics.
    public let profile: StatsProfile
  }

  /// The function for the time of asynchronous functions that passed outside of measured calls.
  ///
  /// pstats prints it as `{awaiting}`.
  ///
  /// Its callers are the functions that waited. It is no call of its own: it has the calls of its callers.
  public static let awaiting = Function(file: "~", line: 0, name: "<awaiting>")

  /// The statistics of all parts together.
  public let profile: StatsProfile
  /// The parts, one for each set of labels that had calls; in the order in which the sets came.
  public let parts: [Part]
  /// How many threads recorded something; those count as well that have ended since it was forgotten.
  public let threadCount: Int
  /// Calls that were not recorded, since 65,536 calls were open on their thread; they are part of
  /// the call that made them.
  public let unrecordedCalls: Int
  /// What the times measure.
  public let clock: ProfileClock
  /// What was taken off for the probes.
  public let probeCost: ProbeCost

  /// What an image holds; `outer` are labels within which all of it was recorded.
  init(_ image: RecordingImage, of profiler: Profiler, within outer: Labels = [:]) {
    threadCount = image.threadCount
    unrecordedCalls = Int(image.unrecordedCalls)
    clock = profiler.clock.kind
    probeCost = profiler.probeCost
    let functions = profiler.functions.functions
    let sets = profiler.labelSets.sets.map { outer.merging($0) }
    // Several numbers may stand for the same labels now.
    var numbers: [Labels: Int32] = [:]
    for (number, set) in sets.enumerated() where numbers[set] == nil {
      numbers[set] = Int32(number)
    }
    let edges = image.edges { numbers[sets[Int($0)]] ?? $0 }
    parts = Dictionary(grouping: edges, by: \.key.labels).sorted { $0.key < $1.key }
      .map { Part(labels: sets[Int($0)], profile: StatsProfile(edges: $1, functions)) }
    profile =
      parts.count == 1
      ? parts[0].profile : StatsProfile(edges: image.edges { _ in 0 }, functions)
  }
}

extension RecordingImage {
  /// The edges with other numbers for their labels; those that become the same are summed.
  fileprivate func edges(
    labels number: (Int32) -> Int32
  ) -> [(key: EdgeKey, figures: EdgeFigures)] {
    var sums: [EdgeKey: EdgeFigures] = [:]
    for (key, figures) in edges {
      let key = EdgeKey(caller: key.caller, callee: key.callee, labels: number(key.labels))
      sums[key, default: .zero] += figures
    }
    return sums.map { ($0.key, $0.value) }
  }
}

extension StatsProfile {
  /// Puts functions together from the edges that lead to them, in the order of their numbers.
  init(edges: [(key: EdgeKey, figures: EdgeFigures)], _ names: [Function]) {
    let sorted = edges.sorted {
      ($0.key.callee, $0.key.caller) < ($1.key.callee, $1.key.caller)
    }
    var functions = sorted.chunked(by: \.key.callee).map { edges in
      FunctionProfile(names[Int(edges[edges.startIndex].key.callee)], edges, names)
    }
    if let awaiting = FunctionProfile(awaiting: sorted, names) { functions.append(awaiting) }
    self.init(functions: functions)
  }
}

extension FunctionProfile {
  /// The figures of a function, given the edges that lead to it.
  fileprivate init(
    _ name: Function,
    _ edges: ArraySlice<(key: EdgeKey, figures: EdgeFigures)>,
    _ names: [Function]
  ) {
    // Summed in whole nanoseconds: the sum of rounded seconds would be another.
    let sum = edges.reduce(into: EdgeFigures.zero) { $0 += $1.figures }
    self.init(function: name, statistics: sum.ofFunction)
    for (key, figures) in edges where key.caller != FunctionEntry.none {
      callers.append(CallEdge(caller: names[Int(key.caller)], figures: .full(figures.ofEdge)))
    }
  }

  /// The function of waiting, given the edges that lead to functions that waited.
  fileprivate init?(awaiting edges: [(key: EdgeKey, figures: EdgeFigures)], _ names: [Function]) {
    let waiting = edges.filter { $0.figures.awaitingTime != .zero }
    guard !waiting.isEmpty else { return nil }
    let sum = waiting.reduce(into: EdgeFigures.zero) { $0 += $1.figures }
    self.init(function: ProfilerSnapshot.awaiting, statistics: sum.ofAwaiting)
    for edges in waiting.chunked(by: \.key.callee) {
      let sum = edges.reduce(into: EdgeFigures.zero) { $0 += $1.figures }
      let caller = names[Int(edges[edges.startIndex].key.callee)]
      callers.append(CallEdge(caller: caller, figures: .full(sum.ofAwaiting)))
    }
  }
}

extension EdgeFigures {
  /// What the edge adds to the figures of the function it leads to.
  fileprivate var ofFunction: CallStatistics {
    statistics(recursive: recursiveCallCount, selfTime, cumulativeTime)
  }

  /// The figures of the edge itself.
  fileprivate var ofEdge: CallStatistics {
    statistics(recursive: recursiveEdgeCallCount, selfTime, edgeCumulativeTime)
  }

  fileprivate var ofAwaiting: CallStatistics {
    statistics(recursive: 0, awaitingTime, awaitingTime)
  }

  /// Times become seconds with the bits that a store gives back: whole nanoseconds times 1e-9.
  private func statistics(
    recursive: Int64,
    _ selfTime: Nanoseconds,
    _ cumulativeTime: Nanoseconds
  ) -> CallStatistics {
    CallStatistics(
      callCount: CallCount(callCount),
      primitiveCallCount: CallCount(callCount - recursive),
      selfTime: Double(selfTime.count) * 1e-9,
      cumulativeTime: Double(cumulativeTime.count) * 1e-9
    )
  }
}

extension Array {
  /// The runs of elements that agree in something.
  fileprivate func chunked(by key: (Element) -> some Equatable) -> [ArraySlice<Element>] {
    var chunks: [ArraySlice<Element>] = []
    var start = startIndex
    for index in indices.dropFirst() where key(self[index]) != key(self[start]) {
      chunks.append(self[start..<index])
      start = index
    }
    if !isEmpty { chunks.append(self[start...]) }
    return chunks
  }
}
