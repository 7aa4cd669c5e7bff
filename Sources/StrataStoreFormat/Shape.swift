// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Which functions and edges a profile has, in its order: what the profiles of one input share.
package struct Shape: Equatable {
  /// The functions of the rows, by their numbers in the store.
  package var functions: [Int32] = []
  /// The edges, those of the first function first.
  package var edges: [Int32] = []
  /// How many of them each function has.
  package var edgeCounts: [Int64] = []

  package init(functions: [Int32] = [], edges: [Int32] = [], edgeCounts: [Int64] = []) {
    (self.functions, self.edges, self.edgeCounts) = (functions, edges, edgeCounts)
  }

  /// The functions as a blob.
  package var functionBlob: [UInt8] { Self.blob(ofFunctions: functions) }

  /// The edges as a blob.
  package var edgeBlob: [UInt8] {
    var bytes: [UInt8] = []
    // An edge is one number of a dictionary, not a pair of functions: these come in runs, too.
    IDColumn.append(edges, to: &bytes)
    NumberColumn.append(edgeCounts, to: &bytes)
    return SealedBlob.sealed(bytes)
  }

  package static func blob(ofFunctions functions: [Int32]) -> [UInt8] {
    var bytes: [UInt8] = []
    IDColumn.append(functions, to: &bytes)
    return SealedBlob.sealed(bytes)
  }

  /// Reads the functions; each is from 1 to `known`.
  package static func decodeFunctions(
    _ bytes: Span<UInt8>,
    count: Int,
    known: Int32,
    into functions: inout [Int32]
  ) throws(BlobError) {
    try checkCount(count, bytes, known: known)
    var cursor = try ColumnCursor(bytes)
    let slot = try cursor.next(bytes)
    try cursor.finish()
    try IDColumn.decode(bytes, slot, count: count, known: known, into: &functions)
  }

  /// Reads the edges of functions that are known already; each is from 1 to `known`.
  package mutating func decodeEdges(
    _ bytes: Span<UInt8>,
    count: Int,
    known: Int32
  ) throws(BlobError) {
    try Self.checkCount(count, bytes, known: known)
    var cursor = try ColumnCursor(bytes)
    let ids = try cursor.next(bytes)
    let counts = try cursor.next(bytes)
    try cursor.finish()
    // The ids come from the blob and are used as places in arrays: each is compared with `known`.
    try IDColumn.decode(bytes, ids, count: count, known: known, into: &edges)
    try NumberColumn.decode(bytes, counts, count: functions.count, into: &edgeCounts)
    // Subtracted one by one, and none below zero: a sum of forged numbers could overflow, or be right with
    // negative ones among them, which would reach outside the edges.
    let rest = edgeCounts.reduce(Int64(count) as Int64?) { rest, number in
      guard let rest, number >= 0, number <= rest else { return nil }
      return rest - number
    }
    guard rest == 0 else {
      throw BlobError(
        offset: counts.payload.lowerBound,
        expected: "\(count) edges",
        found: "a different sum"
      )
    }
  }

  /// Fails where there are more rows than ids, and more than bytes.
  ///
  /// The count comes from the table and not from the blob, and a run of ids takes a few bytes however
  /// long it is: four damaged bits could ask for 16 GB. There are no more rows than ids, unless a
  /// profile names one twice, whose ids then take a byte each. So a forged number cannot ask for more
  /// memory than the file justifies.
  private static func checkCount(
    _ count: Int,
    _ bytes: Span<UInt8>,
    known: Int32
  ) throws(BlobError) {
    let most = max(Int(known), bytes.count)
    guard (0...most).contains(count) else {
      throw BlobError(offset: 0, expected: "at most \(most) rows", found: "\(count)")
    }
  }
}

// MARK: - Ids

/// A column of numbers of a dictionary: functions or edges, in the order of the dump.
///
/// New names get numbers in the order of the dump, so one program's ids come in runs; where each
/// process orders them its own way, steps are shorter. Both are tried, as their lengths are known
/// without writing them.
enum IDColumn {
  /// Appends the ids in the shorter of both ways.
  static func append(_ ids: [Int32], to bytes: inout [UInt8]) {
    var runLength = 0
    var stepLength = 0
    forEachRun(ids) { step, followers in
      runLength += step.zigzag.varintLength + UInt64(followers).varintLength
      // Each follower is a step of 1, which takes one byte.
      stepLength += step.zigzag.varintLength + followers
    }
    if runLength <= stepLength {
      bytes.appendColumn(.runs) { bytes in
        forEachRun(ids) { step, followers in
          bytes.appendZigzag(step)
          bytes.appendVarint(UInt64(followers))
        }
      }
    } else {
      bytes.appendColumn(.steps) { bytes in
        var last: Int64 = 0
        for id in ids {
          bytes.appendZigzag(Int64(id) - last)
          last = Int64(id)
        }
      }
    }
  }

  /// Calls `body` with the step to each run and how many ids follow its first one.
  private static func forEachRun(_ ids: [Int32], _ body: (Int64, Int) -> Void) {
    var last: Int64 = 0
    var index = 0
    while index < ids.count {
      let first = Int64(ids[index])
      var followers = 0
      while index + followers + 1 < ids.count,
        Int64(ids[index + followers + 1]) == first + Int64(followers) + 1
      {
        followers += 1
      }
      body(first - last, followers)
      last = first + Int64(followers)
      index += followers + 1
    }
  }

  /// Reads `count` ids, each from 1 to `known`; the array's memory is used again.
  static func decode(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    count: Int,
    known: Int32,
    into ids: inout [Int32]
  ) throws(BlobError) {
    ids.resize(to: count, filling: 0)
    switch slot.tag {
    case .runs: try decodeRuns(bytes, slot, known, &ids)
    case .steps: try decodeSteps(bytes, slot, known, &ids)
    default: throw slot.unexpectedTag(for: "ids")
    }
  }

  private static func decodeRuns(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    _ known: Int32,
    _ ids: inout [Int32]
  ) throws(BlobError) {
    var offset = slot.payload.lowerBound
    let end = slot.payload.upperBound
    var target = ids.mutableSpan
    var last: Int64 = 0
    var row = 0
    while row < target.count {
      let start = offset
      let first = last &+ Int64(zigzag: try readVarint(bytes, &offset, end))
      let followers = try readVarint(bytes, &offset, end)
      // Compared before anything is written: a forged run must end inside the column.
      guard followers < UInt64(target.count - row) else {
        throw BlobError(
          offset: start,
          expected: "a run of at most \(target.count - row) ids",
          found: "\(followers) after the first"
        )
      }
      // The steps may be any 64 bits and wrap around; what counts is that the ids are known ones.
      last = first &+ Int64(followers)
      guard first >= 1, last >= first, last <= known else {
        throw unknown(first, last, known, at: start)
      }
      for id in first...last {
        target[row] = Int32(truncatingIfNeeded: id)
        row &+= 1
      }
    }
    try slot.checkEnd(offset)
  }

  private static func decodeSteps(
    _ bytes: Span<UInt8>,
    _ slot: ColumnSlot,
    _ known: Int32,
    _ ids: inout [Int32]
  ) throws(BlobError) {
    var offset = slot.payload.lowerBound
    let end = slot.payload.upperBound
    var target = ids.mutableSpan
    var last: Int64 = 0
    for row in target.indices {
      let start = offset
      last = last &+ Int64(zigzag: try readVarint(bytes, &offset, end))
      guard last >= 1, last <= known else { throw unknown(last, last, known, at: start) }
      target[row] = Int32(truncatingIfNeeded: last)
    }
    try slot.checkEnd(offset)
  }

  private static func unknown(
    _ first: Int64,
    _ last: Int64,
    _ known: Int32,
    at offset: Int
  ) -> BlobError {
    BlobError(
      offset: offset,
      expected: "ids from 1 to \(known)",
      found: first == last ? "\(first)" : "\(first)...\(last)"
    )
  }
}
