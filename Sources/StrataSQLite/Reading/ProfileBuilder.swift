// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

/// The functions of a profile as its blob has them.
struct FunctionRows {
  var ids: [Int32] = []
  var statistics: [CallStatistics]

  init(_ bytes: Span<UInt8>, rows: Int, known: Int32) throws(BlobError) {
    let blob = try ColumnarBlob(bytes, .functions, limit: known)
    try blob.checkCount(rows)
    statistics = try blob.decodeStatistics(bytes)
    try blob.decodeIDs(bytes, known: known, into: &ids)
  }
}

/// The edges of a profile as their blob has them.
struct EdgeRows {
  let blob: ColumnarBlob
  var ids: [Int32] = []
  let figures: [CallEdge.Figures]

  init(_ bytes: Span<UInt8>, rows: Int, known: Int32) throws(BlobError) {
    blob = try ColumnarBlob(bytes, .edges, limit: known)
    try blob.checkCount(rows)
    let countOnly = try blob.decodeCountOnly(bytes)
    figures = zip(try blob.decodeStatistics(bytes), countOnly).map { statistics, isCountOnly in
      isCountOnly ? .countOnly(statistics.callCount) : .full(statistics)
    }
    try blob.decodeIDs(bytes, known: known, into: &ids)
  }
}

/// Puts a profile together from its rows, with a table of the functions it names.
struct ProfileBuilder {
  private let functions: FunctionRows
  private var edges: [StatsProfile.Edge] = []
  private var wideCounts = WideCounts()
  private var edgeCounts: [Int64]
  private var table: [Int32] = []
  private var numbers: [Int32: Int32] = [:]

  init(_ functions: FunctionRows) {
    self.functions = functions
    edgeCounts = Array(repeating: 0, count: functions.ids.count)
    for id in functions.ids { _ = number(of: id) }
  }

  /// Adds the edges of all functions; `counts` says how many each function has.
  mutating func add(_ rows: EdgeRows, callers: [Int32], counts: [Int64]) {
    edgeCounts = counts
    edges.reserveCapacity(callers.count)
    for (caller, figures) in zip(callers, rows.figures) {
      edges.append(StatsProfile.Edge(caller: number(of: caller), figures, &wideCounts))
    }
  }

  private mutating func number(of id: Int32) -> Int32 {
    if let number = numbers[id] { return number }
    let number = Int32(table.count)
    numbers[id] = number
    table.append(id)
    return number
  }

  /// The profile, with the functions that `name` finds for their ids.
  func profile(
    totalTime: Double,
    name: (Int32) throws -> Function
  ) rethrows -> StatsProfile {
    var (firstEdge, wideCounts) = (Int32(0), wideCounts)
    let rows = functions.ids.indices.map { index in
      defer { firstEdge += Int32(edgeCounts[index]) }
      return StatsProfile.Row(
        function: numbers[functions.ids[index]] ?? 0,
        firstEdge: firstEdge,
        edgeCount: Int32(edgeCounts[index]),
        figures: CompactFigures(functions.statistics[index], &wideCounts)
      )
    }
    return StatsProfile(
      functionTable: FunctionList(try table.map(name)),
      rows: rows,
      edges: edges,
      wideCounts: wideCounts,
      totalTime: totalTime
    )
  }
}

#endif
