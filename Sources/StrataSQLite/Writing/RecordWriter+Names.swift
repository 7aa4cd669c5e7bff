// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore

extension RecordWriter {
  /// The store's numbers of rows and callers that the register knows; new functions are written.
  ///
  /// Canonical forms come first and callers without a row last, so that the rows of a new program
  /// have numbers that follow one another and cost nothing in its blobs.
  mutating func functionIDs(
    rows: [Int32],
    callers: [Int32]
  ) throws -> (rows: [Int32], callers: [Int32]) {
    let known = cache.functions
    let ids = (rows: known.ids(of: rows), callers: known.ids(of: callers))
    guard ids.rows.contains(0) || ids.callers.contains(0) else { return ids }
    // In the order in which they were first named.
    for number in Set(rows + callers).sorted() where cache.functions[number] == nil {
      let function = register.function(number)
      let canonical = function.canonical
      if canonical.name != function.name { _ = try functionID(register.number(of: canonical)) }
    }
    return (try rows.map { try functionID($0) }, try callers.map { try functionID($0) })
  }

  private mutating func functionID(_ number: Int32) throws -> Int32 {
    if let id = cache.functions[number] { return id }
    let function = register.function(number)
    let canonical = function.canonical
    let canonicalID =
      canonical.name == function.name ? nil : try functionID(register.number(of: canonical))
    let names: StatementArguments = [
      try stringID(function.file), function.line, try stringID(function.name),
    ]
    let id = try findOrInsert(
      into: "function",
      finding: "SELECT id FROM function WHERE file = ? AND line = ? AND name = ?",
      names,
      inserting: """
        INSERT INTO function (id, file, line, name, canonical)
        SELECT next, ?, ?, ?, coalesce(?, next)
        FROM (SELECT coalesce(max(id), 0) + 1 AS next FROM function)
        """,
      names + [canonicalID]
    )
    cache.functions.learn(number, id)
    return id
  }

  private mutating func stringID(_ string: ByteString) throws -> Int32 {
    if let id = cache.strings[string] { return id }
    let bytes: StatementArguments = [Data(string.bytes)]
    let id = try findOrInsert(
      into: "string",
      finding: "SELECT id FROM string WHERE bytes = ?",
      bytes,
      inserting: "INSERT INTO string (bytes) VALUES (?)",
      bytes
    )
    cache.strings.learn(string, id)
    return id
  }

  mutating func edgeID(caller: Int32, callee: Int32) throws -> Int32 {
    if let id = cache.edges.id(caller: caller, callee: callee) { return id }
    let ends: StatementArguments = [caller, callee]
    let id = try findOrInsert(
      into: "edge",
      finding: "SELECT id FROM edge WHERE caller = ? AND callee = ?",
      ends,
      inserting: "INSERT INTO edge (caller, callee) VALUES (?, ?)",
      ends
    )
    cache.edges.learn(caller: caller, callee: callee, id)
    return id
  }

  mutating func labelSetID(_ labels: Labels) throws -> Int32 {
    let ids = try labels.pairs.map { try labelID($0) }.sorted()
    var bytes: [UInt8] = []
    for id in ids { bytes.appendLittleEndian(UInt32(bitPattern: id)) }
    if let id = cache.labelSets[bytes] { return id }
    let key: StatementArguments = [Data(bytes)]
    var isNew = false
    let id = try findOrInsert(
      into: "labelSet",
      finding: "SELECT id FROM labelSet WHERE labels = ?",
      key,
      inserting: "INSERT INTO labelSet (labels) VALUES (?)",
      key,
      isNew: &isNew
    )
    if isNew {
      let insert = "INSERT INTO labelSetLabel (label, labelSet) VALUES (?, ?)"
      for label in ids { try db.cachedStatement(sql: insert).execute(arguments: [label, id]) }
    }
    cache.labelSets.learn(bytes, id)
    return id
  }

  private mutating func labelID(_ label: Labels.Label) throws -> Int32 {
    let key = WriterCache.LabelKey(key: ByteString(label.key), value: ByteString(label.value))
    if let id = cache.labels[key] { return id }
    let pair: StatementArguments = [Data(key.key.bytes), Data(key.value.bytes)]
    let id = try findOrInsert(
      into: "label",
      finding: "SELECT id FROM label WHERE key = ? AND value = ?",
      pair,
      inserting: "INSERT INTO label (key, value) VALUES (?, ?)",
      pair
    )
    cache.labels.learn(key, id)
    return id
  }

  private func findOrInsert(
    into table: String,
    finding: String,
    _ key: StatementArguments,
    inserting: String,
    _ values: StatementArguments
  ) throws -> Int32 {
    var isNew = false
    return try findOrInsert(
      into: table,
      finding: finding,
      key,
      inserting: inserting,
      values,
      isNew: &isNew
    )
  }

  /// The number of a dictionary's row, which another process may have written.
  private func findOrInsert(
    into table: String,
    finding: String,
    _ key: StatementArguments,
    inserting: String,
    _ values: StatementArguments,
    isNew: inout Bool
  ) throws -> Int32 {
    if let id = try Int32.fetchOne(try db.cachedStatement(sql: finding), arguments: key) {
      return id
    }
    try db.cachedStatement(sql: inserting).execute(arguments: values)
    isNew = true
    return try newID(in: table)
  }
}

#endif
