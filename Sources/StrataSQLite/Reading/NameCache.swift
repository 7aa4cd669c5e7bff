// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import Synchronization

/// Rows of the dictionaries that this process has read.
///
/// Committed rows never change and are never deleted, so all snapshots share them. They are read
/// in blocks: names that were first seen together are asked for together.
final class NameCache: Sendable {
  /// The ends of an edge.
  struct EdgeEnds {
    var caller: Int32
    var callee: Int32
  }

  private static let blockSize: Int32 = 256

  private struct State {
    /// By block; the last one may be shorter than it will be.
    var functions: [Int32: [Function]] = [:]
    var edges: [Int32: [EdgeEnds]] = [:]
    var labelSets: [Int32: Labels] = [:]
  }

  private let state = Mutex(State())

  /// The function of a number, nil where the store has none.
  func function(_ id: Int32, _ db: Database) throws -> Function? {
    try state.withLock { state in
      try Self.find(id, in: &state.functions) { first in
        let sql = """
          SELECT function.id, file.bytes, function.line, name.bytes
          FROM function
          JOIN string AS file ON file.id = function.file
          JOIN string AS name ON name.id = function.name
          WHERE function.id >= ? AND function.id < ? ORDER BY function.id
          """
        return try Self.block(first, sql, db) { row in
          Function(
            file: ByteString([UInt8](try row.decode(Data.self, atIndex: 1))),
            line: try row.decode(Int.self, atIndex: 2),
            name: ByteString([UInt8](try row.decode(Data.self, atIndex: 3)))
          )
        }
      }
    }
  }

  /// The ends of an edge, nil where the store has none of this number.
  func edge(_ id: Int32, _ db: Database) throws -> EdgeEnds? {
    try state.withLock { state in
      try Self.find(id, in: &state.edges) { first in
        let sql = """
          SELECT id, caller, callee FROM edge WHERE id >= ? AND id < ? ORDER BY id
          """
        return try Self.block(first, sql, db) { row in
          EdgeEnds(
            caller: try row.decode(Int32.self, atIndex: 1),
            callee: try row.decode(Int32.self, atIndex: 2)
          )
        }
      }
    }
  }

  private static func find<Value>(
    _ id: Int32,
    in blocks: inout [Int32: [Value]],
    load: (_ first: Int32) throws -> [Value]
  ) throws -> Value? {
    guard id >= 1 else { return nil }
    let block = (id - 1) / blockSize
    let index = Int((id - 1) % blockSize)
    if let values = blocks[block], index < values.count { return values[index] }
    let values = try load(block * blockSize + 1)
    // A snapshot may be older than what is cached already.
    if values.count > blocks[block]?.count ?? 0 { blocks[block] = values }
    return index < values.count ? values[index] : nil
  }

  /// The rows of a block up to the first number that is missing.
  private static func block<Value>(
    _ first: Int32,
    _ sql: String,
    _ db: Database,
    _ decode: (Row) throws -> Value
  ) throws -> [Value] {
    let end = Int64(first) + Int64(blockSize)
    let rows = try Row.fetchCursor(
      try db.cachedStatement(sql: sql),
      arguments: [first, end]
    )
    var values: [Value] = []
    while let row = try rows.next() {
      guard try row.decode(Int64.self, atIndex: 0) == Int64(first) + Int64(values.count) else {
        break
      }
      values.append(try decode(row))
    }
    return values
  }

  /// All label sets that the snapshot sees.
  func labelSets(_ db: Database) throws -> [Int32: Labels] {
    try state.withLock { state in
      let last = state.labelSets.keys.max() ?? 0
      let newer = "SELECT id FROM labelSet WHERE id > ?"
      let sets = try Int32.fetchAll(db, sql: newer, arguments: [last])
      guard !sets.isEmpty else { return state.labelSets }
      var pairs: [Int32: [Labels.Label]] = [:]
      let sql = """
        SELECT labelSetLabel.labelSet, label.key, label.value
        FROM label JOIN labelSetLabel ON labelSetLabel.label = label.id
        WHERE labelSetLabel.labelSet > ?
        """
      let rows = try Row.fetchCursor(db, sql: sql, arguments: [last])
      while let row = try rows.next() {
        let key = try row.decode(Data.self, atIndex: 1)
        let value = try row.decode(Data.self, atIndex: 2)
        pairs[try row.decode(Int32.self, atIndex: 0), default: []].append(
          Labels.Label(
            key: String(decoding: key, as: UTF8.self),
            value: String(decoding: value, as: UTF8.self)
          )
        )
      }
      for set in sets { state.labelSets[set] = Labels(pairs[set] ?? []) }
      return state.labelSets
    }
  }
}

#endif
