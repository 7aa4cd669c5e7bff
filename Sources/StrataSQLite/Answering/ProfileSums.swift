// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCore
import StrataQuery
import StrataStoreFormat

/// Captures added up, callers included, as a roll-up keeps them.
struct ProfileSums {
  private(set) var functions: RollupAccumulator
  private(set) var edges: RollupAccumulator
  /// The function that each edge leads to, in the order in which the edges were met.
  private var callees: [Int32] = []

  init(functionCount: Int32, edgeCount: Int32) {
    functions = RollupAccumulator(known: functionCount)
    edges = RollupAccumulator(known: edgeCount)
  }

  mutating func reset() {
    functions.reset()
    edges.reset()
    callees.removeAll(keepingCapacity: true)
  }

  /// Whether some sum takes more bits than a roll-up has.
  var hasExcess: Bool { functions.hasExcess || edges.hasExcess }

  mutating func add(_ profile: SummableProfile) {
    functions.add(profile.functions, ids: profile.shape.functions)
    let shape = profile.shape
    let known = edges.count
    edges.add(profile.edges, ids: shape.edges, countOnly: profile.countOnly)
    // An edge leads to the same function in every capture, so that only edges met for the first time
    // need a look: in a roll-up of an hour, those of its first few captures.
    guard edges.count > known else { return }
    callees += repeatElement(0, count: edges.count - callees.count)
    var next = 0
    for (function, count) in zip(shape.functions, shape.edgeCounts) {
      for _ in 0..<count {
        callees[edges.place(of: shape.edges[next])] = function
        next += 1
      }
    }
  }

  /// The sums by number; `caller` finds where an edge comes from.
  func totals(caller: (Int32) throws -> Int32) rethrows -> ProfileTotals {
    var totals = ProfileTotals()
    totals.rows = functions.ids.enumerated().map { place, id in
      ProfileTotals.Row(function: FunctionID(id), figures: functions.totals(at: place))
    }
    totals.edges = try edges.ids.enumerated().map { place, id in
      ProfileTotals.Edge(
        caller: FunctionID(try caller(id)),
        callee: FunctionID(callees[place]),
        figures: edges.totals(at: place),
        isCountOnly: edges.isCountOnly[place]
      )
    }
    return totals
  }

  /// The sums in order of their numbers, the edges of each function side by side; there must be no
  /// excess.
  func ordered() -> SummableProfile {
    let order = functions.ids.indices.sorted { functions.ids[$0] < functions.ids[$1] }
    var profile = SummableProfile()
    profile.shape.functions = order.map { functions.ids[$0] }
    profile.functions = functions.figures(at: order)
    // Callees are numbers of functions, so sorting by both parts groups edges in their order.
    let keys = edges.ids.indices.map { index in
      (
        key: UInt64(UInt32(bitPattern: callees[index])) << 32 | UInt64(UInt32(edges.ids[index])),
        index
      )
    }
    let edgeOrder = keys.sorted { $0.key < $1.key }.map(\.1)
    profile.shape.edges = edgeOrder.map { edges.ids[$0] }
    profile.edges = edges.figures(at: edgeOrder)
    if edges.isCountOnly.contains(true) {
      profile.countOnly = edgeOrder.map { edges.isCountOnly[$0] ? 1 : 0 }
    }
    // Both are sorted by function, so one walk along both finds how many edges each has.
    var counts = [Int64](repeating: 0, count: order.count)
    var function = 0
    for edge in edgeOrder {
      while function < order.count - 1, profile.shape.functions[function] != callees[edge] {
        function += 1
      }
      counts[function] += 1
    }
    profile.shape.edgeCounts = counts
    return profile
  }
}

/// Figures of functions or edges, added up by their numbers in the store.
///
/// - Complexity: Four bytes for each number there is, 37 for each one that was met.
struct RollupAccumulator {
  /// The sums of one number side by side, since they are added to together.
  private struct Row {
    var selfTime = Nanoseconds.zero
    var cumulativeTime = Nanoseconds.zero
    var callCount: Int64 = 0
    var primitiveCallCount: Int64 = 0

    /// Adds each figure, or none of them where one would pass 63 bits; returns whether it was done.
    @inline(__always)
    mutating func add(_ other: Row) -> Bool {
      let own = selfTime.count.addingReportingOverflow(other.selfTime.count)
      let cumulative = cumulativeTime.count.addingReportingOverflow(other.cumulativeTime.count)
      let calls = callCount.addingReportingOverflow(other.callCount)
      let primitive = primitiveCallCount.addingReportingOverflow(other.primitiveCallCount)
      guard
        !(own.overflow || cumulative.overflow || calls.overflow || primitive.overflow)
      else { return false }
      selfTime = Nanoseconds(own.partialValue)
      cumulativeTime = Nanoseconds(cumulative.partialValue)
      callCount = calls.partialValue
      primitiveCallCount = primitive.partialValue
      return true
    }

    init() {}

    @inline(__always)
    init(_ figures: FigureNanoseconds, _ row: Int) {
      selfTime = Nanoseconds(figures.selfNanoseconds[row])
      cumulativeTime = Nanoseconds(
        figures.selfNanoseconds[row] &+ figures.calleeNanoseconds[row]
      )
      callCount = figures.callCounts[row]
      primitiveCallCount = callCount &- figures.recursiveCallCounts[row]
    }

    var totals: FunctionTotals {
      FunctionTotals(
        callCount: Int128(callCount),
        primitiveCallCount: Int128(primitiveCallCount),
        selfTime: Nanoseconds.Sum(selfTime),
        cumulativeTime: Nanoseconds.Sum(cumulativeTime)
      )
    }
  }

  /// The place of each number; -1 where it was not met.
  private var places: [Int32]
  private(set) var ids: [Int32] = []
  private var rows: [Row] = []
  /// Of edges: whether the number of calls is all that is known.
  private(set) var isCountOnly: [Bool] = []
  /// What 63 bits did not hold, by its place: to be added to the rows.
  ///
  /// Nothing, unless times are those of centuries.
  private var excess: [Int: FunctionTotals] = [:]

  /// Creates sums for numbers from 1 to `known`.
  init(known: Int32) {
    places = Array(repeating: -1, count: Int(known) + 1)
  }

  var count: Int { ids.count }

  /// Whether some sum takes more than 63 bits.
  var hasExcess: Bool { !excess.isEmpty }

  /// Forgets all sums, and keeps the memory.
  mutating func reset() {
    for id in ids { places[Int(id)] = -1 }
    ids.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
    isCountOnly.removeAll(keepingCapacity: true)
    excess = [:]
  }

  /// Adds figures, one row for each id.
  mutating func add(_ figures: FigureNanoseconds, ids newIDs: [Int32], countOnly: [Int64] = []) {
    // First all that are new, so that the loop below, in which rolling up spends its time, neither
    // branches nor grows an array.
    for id in newIDs where places[Int(id)] < 0 { meet(id) }
    for row in Self.add(figures, ids: newIDs, at: places, to: &rows) {
      excess[place(of: newIDs[row]), default: .zero].add(Row(figures, row).totals)
    }
    guard !countOnly.isEmpty else { return }
    for row in newIDs.indices where countOnly[row] != 0 {
      isCountOnly[place(of: newIDs[row])] = true
    }
  }

  /// Adds the figures of ids that were met, and returns the rows that no sum had room for.
  ///
  /// Most of the time of rolling up is spent here, so that sums are changed through a span.
  private static func add(
    _ figures: FigureNanoseconds,
    ids: [Int32],
    at places: [Int32],
    to sums: inout [Row]
  ) -> [Int] {
    var rest: [Int] = []
    var sums = sums.mutableSpan
    for row in ids.indices {
      let added = Row(figures, row)
      if !sums[Int(places[Int(ids[row])])].add(added) { rest.append(row) }
    }
    return rest
  }

  private mutating func meet(_ id: Int32) {
    places[Int(id)] = Int32(ids.count)
    ids.append(id)
    rows.append(Row())
    isCountOnly.append(false)
  }

  /// Where the sums of a number that was met are.
  func place(of id: Int32) -> Int { Int(places[Int(id)]) }

  /// The sums of some places as columns; there must be no excess.
  func figures(at order: [Int]) -> FigureNanoseconds {
    FigureNanoseconds(
      selfNanoseconds: order.map { rows[$0].selfTime.count },
      calleeNanoseconds: order.map { rows[$0].cumulativeTime.count &- rows[$0].selfTime.count },
      callCounts: order.map { rows[$0].callCount },
      recursiveCallCounts: order.map { rows[$0].callCount &- rows[$0].primitiveCallCount }
    )
  }

  /// The sums of one place.
  func totals(at place: Int) -> FunctionTotals {
    var totals = rows[place].totals
    if let excess = excess[place] { totals.add(excess) }
    return totals
  }
}
#endif
