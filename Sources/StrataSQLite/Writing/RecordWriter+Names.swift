// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import StrataStoreFormat
import StrataQuery

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
    // Once a program's functions are known, two look-ups by number are all that its captures cost.
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
    // The strings and the canonical function first: the row refers to them.
    let (file, name) = (try stringID(function.file), try stringID(function.name))
    let id = try findOrInsert(
      into: "function",
      finding: "SELECT id FROM function WHERE file = ? AND line = ? AND name = ?",
      [file, function.line, name]
    ) { id in
      let canonical = canonicalID ?? id
      let checksum = NameChecksum.function(
        id,
        file: file,
        line: function.line,
        name: name,
        canonical: canonical
      )
      try insert(
        "function (id, file, line, name, canonical, checksum)",
        [id, file, function.line, name, canonical, checksum]
      )
      guard canonical != id else { return }
      try Tally.add(NameChecksum.alias(id, of: canonical), to: .aliases, db)
    }
    cache.functions.learn(number, id)
    return id
  }

  private mutating func stringID(_ string: ByteString) throws -> Int32 {
    if let id = cache.strings[string] { return id }
    let bytes = Data(string.bytes)
    let id = try findOrInsert(
      into: "string",
      finding: "SELECT id FROM string WHERE bytes = ?",
      [bytes]
    ) { id in
      let checksum = NameChecksum.string(string.bytes, id: id)
      try insert("string (id, bytes, checksum)", [id, bytes, checksum])
    }
    cache.strings.learn(string, id)
    return id
  }

  mutating func edgeID(caller: Int32, callee: Int32) throws -> Int32 {
    if let id = cache.edges.id(caller: caller, callee: callee) { return id }
    let id = try findOrInsert(
      into: "edge",
      finding: "SELECT id FROM edge WHERE caller = ? AND callee = ?",
      [caller, callee]
    ) { id in
      let checksum = NameChecksum.edge(id, caller: caller, callee: callee)
      try insert("edge (id, caller, callee, checksum)", [id, caller, callee, checksum])
    }
    cache.edges.learn(caller: caller, callee: callee, id)
    return id
  }

  /// The number of a set of labels, and those of its labels.
  mutating func labelSetID(_ labels: Labels) throws -> (set: Int32, labels: [Int32]) {
    // By number, so that equal sets have equal bytes, by which they are found.
    let pairs = try labels.pairs.map { (id: try labelID($0), label: $0) }.sorted { $0.id < $1.id }
    let ids = pairs.map(\.id)
    var bytes: [UInt8] = []
    for id in ids { bytes.appendLittleEndian(UInt32(bitPattern: id)) }
    if let id = cache.labelSets[bytes] { return (id, ids) }
    let key = Data(bytes)
    let id = try findOrInsert(
      into: "labelSet",
      finding: "SELECT id FROM labelSet WHERE labels = ?",
      [key]
    ) { id in
      try insert("labelSet (id, labels)", [id, key])
      for label in ids { try insert("labelSetLabel (label, labelSet)", [label, id]) }
      // The texts and not the numbers: rows of `label` have no checksum of their own.
      let texts = pairs.map { (Array($0.label.key.utf8), Array($0.label.value.utf8)) }
      try Tally.add(NameChecksum.labelSet(id, texts), to: .labelSets, db)
    }
    cache.labelSets.learn(bytes, id)
    return (id, ids)
  }

  private mutating func labelID(_ label: Labels.Label) throws -> Int32 {
    let key = WriterCache.LabelKey(key: ByteString(label.key), value: ByteString(label.value))
    if let id = cache.labels[key] { return id }
    let (name, value) = (Data(key.key.bytes), Data(key.value.bytes))
    let id = try findOrInsert(
      into: "label",
      finding: "SELECT id FROM label WHERE key = ? AND value = ?",
      [name, value]
    ) { try insert("label (id, key, value)", [$0, name, value]) }
    cache.labels.learn(key, id)
    return id
  }

  /// The number of a dictionary's row, which another process may have written.
  ///
  /// `body` writes the row with the number that it is given, the next one: numbers have no gaps.
  private func findOrInsert(
    into table: String,
    finding: String,
    _ key: StatementArguments,
    inserting body: (Int32) throws -> Void
  ) throws -> Int32 {
    if let id = try Int32.fetchOne(try db.cachedStatement(sql: finding), arguments: key) {
      return id
    }
    // From the table and not from memory, since another process may have added rows. The lock for
    // writing keeps others out, and a rollback takes the row along: so there are no gaps.
    let id = try nextID(in: table)
    try body(id)
    return id
  }

  private func insert(_ columns: String, _ values: StatementArguments) throws {
    let marks = repeatElement("?", count: columns.count { $0 == "," } + 1).joined(separator: ", ")
    let sql = "INSERT INTO \(columns) VALUES (\(marks))"
    try db.cachedStatement(sql: sql).execute(arguments: values)
  }

  private func nextID(in table: String) throws -> Int32 {
    let statement = try db.cachedStatement(sql: "SELECT max(id) FROM \(table)")
    guard let id = Int32(exactly: (try Int64.fetchOne(statement) ?? 0) + 1) else {
      throw StoreError(
        tooLarge: "more",
        expected: "at most \(Int32.max) rows in table \(table)",
        path: path
      )
    }
    return id
  }
}

#endif
