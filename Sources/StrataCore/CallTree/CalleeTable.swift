// SPDX-License-Identifier: Apache-2.0

/// The figures of a profile in nanoseconds, and the share of each caller in the self time of each
/// function.
struct CalleeTable {
  private var edges: [CallGraph.Edge] = []
  /// Nanoseconds of each function and all that it calls; nil for one that is known as a caller alone.
  private(set) var cumulativeTimes: [Double?]
  /// Whether each function was called again while it ran.
  private(set) var isReentered: [Bool]
  /// The sum of all self times.
  private(set) var totalTime: Int64 = 0
  /// The sum of those below zero.
  private(set) var negativeTime: Int64 = 0
  private var hasTimes = false
  private var hasCountsAlone = false

  /// In what proportion time is divided; a profile without callers divides nothing.
  var basis: CallTree.Basis {
    guard hasCountsAlone else { return .times }
    return hasTimes ? .timesAndCalls : .calls
  }

  init(_ profile: StatsProfile) throws(CallTreeError) {
    cumulativeTimes = profile.functionTable.entries.map { _ in nil }
    isReentered = profile.functionTable.entries.map { _ in false }
    edges.reserveCapacity(profile.edges.count + 16)
    for row in profile.rows {
      try add(row, profile)
    }
    for function in cumulativeTimes.indices where cumulativeTimes[function] == nil {
      edges.append(CallGraph.Edge(caller: CallGraph.root, callee: Int32(function) + 1))
    }
  }

  /// Returns the edges and gives them up.
  mutating func takeEdges() -> [CallGraph.Edge] {
    defer { edges = [] }
    return edges
  }

  private mutating func add(
    _ row: StatsProfile.Row,
    _ profile: StatsProfile
  ) throws(CallTreeError) {
    let (figures, callers) = (profile.statistics(of: row), profile.edges[row.edgeRange])
    guard let time = Nanoseconds(nearestTo: figures.selfTime)?.count else {
      throw .timeOutOfRange(profile.functionTable[Int(row.function)], seconds: figures.selfTime)
    }
    let (sum, overflow) = totalTime.addingReportingOverflow(max(0, time))
    guard !overflow, sum <= Nanoseconds.limit else { throw .totalOutOfRange }
    totalTime = sum
    negativeTime = max(-Nanoseconds.limit, negativeTime + min(0, time))
    cumulativeTimes[Int(row.function)] = figures.cumulativeTime.nanoseconds
    isReentered[Int(row.function)] = figures.primitiveCallCount < figures.callCount
    let first = edges.count
    let isTimed = !callers.contains { $0.isCountOnly }
    if !callers.isEmpty { if isTimed { hasTimes = true } else { hasCountsAlone = true } }
    for caller in callers {
      let known = profile.figures(of: caller)
      edges.append(call(caller.caller, known, to: row.function + 1, isTimed: isTimed))
    }
    let selfTime = Double(max(0, time))
    addCallOfRoot(
      to: row.function,
      Double(figures.callCount),
      among: first...,
      selfTime: selfTime,
      isTimed: isTimed
    )
    divide(selfTime, among: first..., isTimed: isTimed)
    // All that an only caller called is all that there is, whatever the edge says.
    if edges.count == first + 1 { edges[first].measuredTime = cumulativeTimes[Int(row.function)] }
  }

  /// An edge of the dump; its share of the self time is still what the dump says, or its calls.
  private func call(
    _ caller: Int32,
    _ figures: CallEdge.Figures,
    to callee: Int32,
    isTimed: Bool
  ) -> CallGraph.Edge {
    var call = CallGraph.Edge(caller: caller + 1, callee: callee)
    switch figures {
    case .full(let figures):
      call.callCount = max(0, Double(figures.callCount))
      call.selfTime = figures.selfTime.nanoseconds
      call.measuredTime = figures.cumulativeTime.nanoseconds
      call.weight = max(0, figures.cumulativeTime.nanoseconds - call.selfTime)
    case .countOnly(let count):
      call.callCount = max(0, Double(count))
    }
    guard !isTimed else { return call }
    call.selfTime = call.callCount
    call.weight = call.callCount
    call.measuredTime = nil
    return call
  }

  /// Adds the calls that no caller made: all, if there is no caller, else those that are left.
  private mutating func addCallOfRoot(
    to function: Int32,
    _ callCount: Double,
    among callers: PartialRangeFrom<Int>,
    selfTime: Double,
    isTimed: Bool
  ) {
    let left = edges[callers].reduce(callCount) { $0 - $1.callCount }
    guard edges[callers].isEmpty || left > 0 else { return }
    var call = CallGraph.Edge(caller: CallGraph.root, callee: function + 1)
    call.callCount = max(0, left)
    if isTimed {
      call.selfTime = max(0, edges[callers].reduce(selfTime) { $0 - $1.selfTime })
    } else {
      call.selfTime = call.callCount
      call.weight = call.callCount
    }
    edges.append(call)
  }

  /// Makes the shares of a self time add up to it.
  private mutating func divide(
    _ selfTime: Double,
    among callers: PartialRangeFrom<Int>,
    isTimed: Bool
  ) {
    let shares = edges[callers].map(\.selfTime)
    var (weights, sum) = (shares, shares.reduce(0, +))
    if sum == 0 {
      weights = edges[callers].map(\.callCount)
      sum = weights.reduce(0, +)
    }
    if sum == 0 {
      weights = weights.map { _ in 1 }
      sum = Double(weights.count)
    }
    for (index, weight) in zip(edges[callers].indices, weights) {
      edges[index].selfTime = selfTime * (weight / sum)
      let share = shares[index - callers.lowerBound]
      edges[index].isSelfTimeMeasured =
        weights.count == 1 || (isTimed && edges[index].selfTime.agrees(with: share))
    }
  }
}

extension Double {
  /// A time in seconds as whole nanoseconds from zero up; what is no number counts as zero.
  fileprivate var nanoseconds: Double {
    let product = (self * 1e9).rounded()
    return product > 0 ? min(product, Double(Nanoseconds.limit)) : 0
  }

  /// Whether two times in nanoseconds are the same but for the rounding of a dump.
  func agrees(with other: Double) -> Bool {
    (self - other).magnitude <= 10 + 1e-6 * other
  }
}
