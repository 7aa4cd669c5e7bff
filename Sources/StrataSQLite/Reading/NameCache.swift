// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import StrataStoreFormat
import Synchronization
import StrataQuery

/// Rows of the dictionaries that this process has read and checked.
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
    var labelSetTally = Tally()
  }

  // Held while rows are read, so that of several threads that miss a block one reads it. Loading
  // asks SQLite alone, never this cache, so the lock cannot be waited for by its own holder.
  private let state = Mutex(State())

  /// The function of a number, nil where the store has none.
  func function(_ id: Int32, _ db: Database, path: String) throws -> Function? {
    try state.withLock { state in
      try Self.find(id, in: &state.functions) { first in
        let sql = """
          SELECT \(FunctionColumn.sql)
          FROM function
          JOIN string AS file ON file.id = function.file
          JOIN string AS name ON name.id = function.name
          WHERE function.id >= ? AND function.id < ? ORDER BY function.id
          """
        return try Self.block(first, sql, FunctionColumn.id, db) { try Self.function($0, path) }
      }
    }
  }

  private static func function(_ row: Row, _ path: String) throws -> Function {
    typealias Column = FunctionColumn
    let id = try row.decode(Int32.self, Column.id)
    let (file, name) = (
      try row.decode(Int32.self, Column.file), try row.decode(Int32.self, Column.name)
    )
    // Three rows, three checksums: a function is whole only if both of its strings are.
    let line = try row.decode(Int.self, Column.line)
    let function = Function(
      file: try string(row, Column.fileBytes, file, Column.fileChecksum, path),
      line: line,
      name: try string(row, Column.nameBytes, name, Column.nameChecksum, path)
    )
    let checksum = NameChecksum.function(
      id,
      file: file,
      line: line,
      name: name,
      canonical: try row.decode(Int32.self, Column.canonical)
    )
    try check(checksum, row, Column.checksum, "function", id, path)
    return function
  }

  private static func string(
    _ row: Row,
    _ column: FunctionColumn,
    _ id: Int32,
    _ checksum: FunctionColumn,
    _ path: String
  ) throws -> ByteString {
    let bytes = [UInt8](try row.decode(Data.self, column))
    try check(NameChecksum.string(bytes, id: id), row, checksum, "string", id, path)
    return ByteString(bytes)
  }

  private static func check(
    _ checksum: UInt32,
    _ row: Row,
    _ column: some ResultColumn,
    _ table: String,
    _ id: Int32,
    _ path: String
  ) throws {
    guard Int64(checksum) != (try row.decode(Int64.self, column)) else { return }
    throw StoreError(
      damaged: "a row that is not what was written",
      path: path,
      location: StoreError.Location(table: table, row: Int64(id), column: "checksum")
    )
  }

  /// The ends of an edge, nil where the store has none of this number.
  func edge(_ id: Int32, _ db: Database, path: String) throws -> EdgeEnds? {
    try state.withLock { state in
      try Self.find(id, in: &state.edges) { first in
        let sql = """
          SELECT \(EdgeColumn.sql) FROM edge WHERE id >= ? AND id < ? ORDER BY id
          """
        return try Self.block(first, sql, EdgeColumn.id, db) { row in
          let id = try row.decode(Int32.self, EdgeColumn.id)
          let ends = EdgeEnds(
            caller: try row.decode(Int32.self, EdgeColumn.caller),
            callee: try row.decode(Int32.self, EdgeColumn.callee)
          )
          let checksum = NameChecksum.edge(id, caller: ends.caller, callee: ends.callee)
          try Self.check(checksum, row, EdgeColumn.checksum, "edge", id, path)
          return ends
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
    _ id: some ResultColumn,
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
      // Numbers have no gaps: one shows that a row is lost. What follows it must not take its
      // place, so the block ends here, and the lost name is reported when it is asked for.
      guard try row.decode(Int64.self, id) == Int64(first) + Int64(values.count) else {
        break
      }
      values.append(try decode(row))
    }
    return values
  }

  /// All label sets that the snapshot sees.
  func labelSets(_ db: Database, path: String) throws -> [Int32: Labels] {
    try state.withLock { state in
      // A new set has the next number, and none is ever changed: all that is new is above the last.
      let last = state.labelSets.keys.max() ?? 0
      let newer = "SELECT id FROM labelSet WHERE id > ? ORDER BY id"
      let sets = try Int32.fetchAll(db, sql: newer, arguments: [last])
      // What was read before was checked then, even if this snapshot is older.
      guard !sets.isEmpty || state.labelSetTally == Tally() else {
        // An older snapshot must not see sets that came later: their captures are none of its own,
        // and counting them would make a label that all its sets have look like one that some lack.
        let newest = try Int32.fetchOne(db, sql: "SELECT max(id) FROM labelSet") ?? 0
        return newest == last ? state.labelSets : state.labelSets.filter { $0.key <= newest }
      }
      var labels: [Int32: [(key: [UInt8], value: [UInt8])]] = [:]
      let sql = """
        SELECT \(LabelColumn.sql)
        FROM labelSetLabel JOIN label ON label.id = labelSetLabel.label
        WHERE labelSetLabel.labelSet > ? ORDER BY labelSetLabel.label
        """
      let rows = try Row.fetchCursor(db, sql: sql, arguments: [last])
      while let row = try rows.next() {
        let key = [UInt8](try row.decode(Data.self, LabelColumn.key))
        let value = [UInt8](try row.decode(Data.self, LabelColumn.value))
        labels[try row.decode(Int32.self, LabelColumn.labelSet), default: []].append((key, value))
      }
      var tally = state.labelSetTally
      var read: [Int32: Labels] = [:]
      for set in sets {
        // The empty set has no rows in `labelSetLabel`.
        let labels = labels[set] ?? []
        tally.add(NameChecksum.labelSet(set, labels))
        read[set] = Labels(
          labels.map {
            Labels.Label(
              key: String(decoding: $0.key, as: UTF8.self),
              value: String(decoding: $0.value, as: UTF8.self)
            )
          }
        )
      }
      try tally.check(.labelSets, db, path: path)
      // Kept only now: sets that do not match the tally must not be handed to other snapshots.
      state.labelSetTally = tally
      state.labelSets.merge(read) { $1 }
      return state.labelSets
    }
  }
}

// MARK: - Columns

/// A function with its names, which are rows of table `string`.
private enum FunctionColumn: String, ResultColumn {
  case id, file, line, name, canonical, checksum
  case fileBytes, fileChecksum, nameBytes, nameChecksum

  static let list = allCases.map { column in
    switch column {
    case .fileBytes: "file.bytes"
    case .fileChecksum: "file.checksum"
    case .nameBytes: "name.bytes"
    case .nameChecksum: "name.checksum"
    case .id, .file, .line, .name, .canonical, .checksum: "function." + column.rawValue
    }
  }
}

private enum EdgeColumn: String, ResultColumn {
  case id, caller, callee, checksum

  static let list = names(in: "edge")
}

/// A label of a set.
private enum LabelColumn: String, ResultColumn {
  case labelSet, key, value

  static let list = ["labelSetLabel.labelSet", "label.key", "label.value"]
}

#endif
