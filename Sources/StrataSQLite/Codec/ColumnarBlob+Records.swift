// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

extension ColumnarBlob {
  /// All figures, every `Double` with its own bits.
  func decodeStatistics(_ bytes: Span<UInt8>) throws(BlobError) -> [CallStatistics] {
    var calls: [Int64] = []
    var primitive: [Int64] = []
    try decodeCallCounts(bytes, into: &calls)
    try decodePrimitiveCallCounts(bytes, callCounts: calls, into: &primitive)
    let (selfSeconds, cumulativeSeconds) = try decodeSeconds(bytes)
    return (0..<count).map { row in
      CallStatistics(
        callCount: CallCount(calls[row]),
        primitiveCallCount: CallCount(primitive[row]),
        selfTime: selfSeconds[row],
        cumulativeTime: cumulativeSeconds[row]
      )
    }
  }

  private func decodeSeconds(
    _ bytes: Span<UInt8>
  ) throws(BlobError) -> (selfTimes: [Double], cumulativeTimes: [Double]) {
    var selfTicks: [Int64] = []
    var cumulativeTicks: [Int64] = []
    try decodeCumulativeTicks(bytes, selfTicks: &selfTicks, into: &cumulativeTicks)
    if unit == .seconds { try decodeTicks(bytes, selfTimes, into: &selfTicks) }
    var selfSeconds = selfTicks.map { unit.seconds($0) }
    var cumulativeSeconds = cumulativeTicks.map { unit.seconds($0) }
    guard patches.tag == .sparse else {
      guard patches.tag == .constant, patches.payload.isEmpty else {
        throw patches.unexpectedTag(for: "patches")
      }
      return (selfSeconds, cumulativeSeconds)
    }
    try NumberColumn.forEachSparse(bytes, patches, count: 2 * count) { index, ulps in
      if index < count {
        selfSeconds[index] = Double(ordinal: selfSeconds[index].ordinal &+ ulps)
      } else {
        let row = index - count
        cumulativeSeconds[row] = Double(ordinal: cumulativeSeconds[row].ordinal &+ ulps)
      }
    }
    return (selfSeconds, cumulativeSeconds)
  }

  /// For each edge whether the number of its calls is all that is known.
  func decodeCountOnly(_ bytes: Span<UInt8>) throws(BlobError) -> [Bool] {
    guard let countOnly else { return [] }
    var flags: [Int64] = []
    try NumberColumn.decode(bytes, countOnly, count: count, into: &flags)
    return flags.map { $0 != 0 }
  }

  /// The number of edges of each of the functions whose ids are given, in their order.
  ///
  /// `callees` has the function at the end of each edge.
  func decodeEdgeCounts(
    _ bytes: Span<UInt8>,
    functions: [Int32],
    callees: [Int32]
  ) throws(BlobError) -> [Int64] {
    guard let edgeCounts, edgeCounts.tag == .constant, edgeCounts.payload.isEmpty else {
      return try decodeExplicitEdgeCounts(bytes, functions: functions)
    }
    guard let counts = Self.edgeCounts(functions: functions, callees: callees) else {
      throw BlobError(
        offset: edgeCounts.payload.lowerBound,
        expected: "edges in the order of their functions",
        found: "another order"
      )
    }
    return counts
  }

  private func decodeExplicitEdgeCounts(
    _ bytes: Span<UInt8>,
    functions: [Int32]
  ) throws(BlobError) -> [Int64] {
    guard let edgeCounts else { return [] }
    var counts: [Int64] = []
    try NumberColumn.decode(bytes, edgeCounts, count: functions.count, into: &counts)
    let rest = counts.reduce(Int64(count) as Int64?) { rest, number in
      guard let rest, number >= 0, number <= rest else { return nil }
      return rest - number
    }
    guard rest == 0 else {
      throw BlobError(
        offset: edgeCounts.payload.lowerBound,
        expected: "\(count) edges",
        found: "another sum"
      )
    }
    return counts
  }

  /// The number of edges of each function, from the order in which they stand.
  ///
  /// Those to one function stand together, in the functions' order; nil where that does not use
  /// all of them.
  static func edgeCounts(functions: [Int32], callees: [Int32]) -> [Int64]? {
    var next = 0
    let counts = functions.map { function in
      let first = next
      while next < callees.count, callees[next] == function { next += 1 }
      return Int64(next - first)
    }
    return next == callees.count ? counts : nil
  }
}

#endif
