// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

/// Which functions and edges a profile has, in its order: what the profiles of one input share.
struct Shape: Equatable {
  /// The functions of the rows, by their numbers in the store.
  var functions: [Int32] = []
  /// The edges, those of the first function first.
  var edges: [Int32] = []
  /// How many of them each function has.
  var edgeCounts: [Int64] = []

  /// The functions as a blob.
  var functionBlob: [UInt8] { Self.blob(ofFunctions: functions) }

  /// The edges as a blob.
  var edgeBlob: [UInt8] {
    var bytes: [UInt8] = []
    IDColumn.append(edges, to: &bytes)
    NumberColumn.append(edgeCounts, to: &bytes)
    return SealedBlob.sealed(bytes)
  }

  static func blob(ofFunctions functions: [Int32]) -> [UInt8] {
    var bytes: [UInt8] = []
    IDColumn.append(functions, to: &bytes)
    return SealedBlob.sealed(bytes)
  }

  /// Reads the functions; each is from 1 to `known`.
  static func decodeFunctions(
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
  mutating func decodeEdges(
    _ bytes: Span<UInt8>,
    count: Int,
    known: Int32
  ) throws(BlobError) {
    try Self.checkCount(count, bytes, known: known)
    var cursor = try ColumnCursor(bytes)
    let ids = try cursor.next(bytes)
    let counts = try cursor.next(bytes)
    try cursor.finish()
    try IDColumn.decode(bytes, ids, count: count, known: known, into: &edges)
    try NumberColumn.decode(bytes, counts, count: functions.count, into: &edgeCounts)
    let rest = edgeCounts.reduce(Int64(count) as Int64?) { rest, number in
      guard let rest, number >= 0, number <= rest else { return nil }
      return rest - number
    }
    guard rest == 0 else {
      throw BlobError(
        offset: counts.payload.lowerBound,
        expected: "\(count) edges",
        found: "another sum"
      )
    }
  }

  /// Fails where there are more rows than ids, and more than bytes.
  ///
  /// Should a profile name one twice, its ids take a byte each. So a forged number cannot ask for
  /// more memory than the file justifies.
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

#endif
