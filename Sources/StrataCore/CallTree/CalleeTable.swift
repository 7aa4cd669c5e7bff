// SPDX-License-Identifier: Apache-2.0

/// The figures of a profile in nanoseconds, and the share of each caller in the self time of each
/// function.
struct CalleeTable {
  private var edges: [CallGraph.Edge] = []
  /// Nanoseconds of each function and all that it calls; nil for one that is known as a caller alone.
  private(set) var cumulativeNanoseconds: [Double?]
  /// Whether each function was called again while it ran.
  private(set) var isReentered: [Bool]
  /// The sum of all self times.
  private(set) var totalTime = Nanoseconds.zero
  /// The sum of those below zero.
  private(set) var negativeTime = Nanoseconds.zero
  private var hasTimes = false
  private var hasCountsAlone = false

  /// In what proportion time is divided; a profile without callers divides nothing.
  var basis: CallTree.Basis {
    guard hasCountsAlone else { return .times }
    return hasTimes ? .timesAndCalls : .calls
  }

  init(_ profile: StatsProfile) throws(CallTreeError) {
    cumulativeNanoseconds = profile.functionTable.entries.map { _ in nil }
    isReentered = profile.functionTable.entries.map { _ in false }
    edges.reserveCapacity(profile.edges.count + 16)
    for row in profile.rows {
      try add(row, profile)
    }
    for function in cumulativeNanoseconds.indices where cumulativeNanoseconds[function] == nil {
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
    guard let time = Nanoseconds(nearestTo: figures.selfTime) else {
      throw .timeOutOfRange(profile.functionTable[Int(row.function)], seconds: figures.selfTime)
    }
    // Compared before it is added: twice the limit is just beyond 64 bits.
    guard max(.zero, time).count <= Nanoseconds.limit - totalTime.count else {
      throw .totalOutOfRange
    }
    totalTime += max(.zero, time)
    negativeTime = max(Nanoseconds(-Nanoseconds.limit), negativeTime + min(.zero, time))
    cumulativeNanoseconds[Int(row.function)] = figures.cumulativeTime.nanoseconds
    isReentered[Int(row.function)] = figures.primitiveCallCount < figures.callCount
    let first = edges.count
    let isTimed = !callers.contains { $0.isCountOnly }
    if !callers.isEmpty { if isTimed { hasTimes = true } else { hasCountsAlone = true } }
    for caller in callers {
      let known = profile.figures(of: caller)
      edges.append(call(caller.caller, known, to: row.function + 1, isTimed: isTimed))
    }
    let selfNanoseconds = Double(max(0, time.count))
    addCallOfRoot(
      to: row.function,
      Double(figures.callCount),
      among: first...,
      selfNanoseconds: selfNanoseconds,
      isTimed: isTimed
    )
    divide(selfNanoseconds, among: first..., isTimed: isTimed)
    // All that an only caller called is all that there is, whatever the edge says.
    if edges.count == first + 1 {
      edges[first].measuredNanoseconds = cumulativeNanoseconds[Int(row.function)]
    }
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
      call.selfNanoseconds = figures.selfTime.nanoseconds
      call.measuredNanoseconds = figures.cumulativeTime.nanoseconds
      call.weight = max(0, figures.cumulativeTime.nanoseconds - call.selfNanoseconds)
    case .countOnly(let count):
      call.callCount = max(0, Double(count))
    }
    guard !isTimed else { return call }
    call.selfNanoseconds = call.callCount
    call.weight = call.callCount
    call.measuredNanoseconds = nil
    return call
  }

  /// Adds the calls that no caller made: all, if there is no caller, else those that are left.
  private mutating func addCallOfRoot(
    to function: Int32,
    _ callCount: Double,
    among callers: PartialRangeFrom<Int>,
    selfNanoseconds: Double,
    isTimed: Bool
  ) {
    let left = edges[callers].reduce(callCount) { $0 - $1.callCount }
    guard edges[callers].isEmpty || left > 0 else { return }
    var call = CallGraph.Edge(caller: CallGraph.root, callee: function + 1)
    call.callCount = max(0, left)
    if isTimed {
      let rest = edges[callers].reduce(selfNanoseconds) { $0 - $1.selfNanoseconds }
      call.selfNanoseconds = max(0, rest)
    } else {
      call.selfNanoseconds = call.callCount
      call.weight = call.callCount
    }
    edges.append(call)
  }

  /// Makes the shares of a self time add up to it.
  private mutating func divide(
    _ selfNanoseconds: Double,
    among callers: PartialRangeFrom<Int>,
    isTimed: Bool
  ) {
    let shares = edges[callers].map(\.selfNanoseconds)
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
      edges[index].selfNanoseconds = selfNanoseconds * (weight / sum)
      let share = shares[index - callers.lowerBound]
      edges[index].isSelfTimeMeasured =
        weights.count == 1 || (isTimed && edges[index].selfNanoseconds.agrees(with: share))
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
