// SPDX-License-Identifier: Apache-2.0

/// Functions, each with a number: what many profiles name is found again without a hash.
package struct FunctionInterner: Sendable {
  private var texts = TextInterner()
  private var entries: [FunctionTable.Entry] = []
  private var numbers = HashIndex(capacity: 0)
  private let hash = SeededHash()
  /// For each function the two that last came after it, the latest first; at first itself.
  private var successors: [(Int32, Int32)] = []

  /// Creates numbers for no functions.
  package init() {}

  /// The functions in the order of their numbers.
  package var functions: FunctionTable { FunctionTable(bytes: texts.bytes, entries: entries) }

  /// The functions in the order of their numbers, and no more of them here.
  mutating func takeFunctions() -> FunctionTable {
    defer { self = FunctionInterner() }
    return functions
  }

  /// How many functions have numbers.
  package var count: Int { entries.count }

  /// The numbers of the functions of a table; new functions get the next ones.
  ///
  /// A dump that was read brings the hashes of its functions along. For other profiles of one program,
  /// which name its functions in much the same order, those that came next the last two times are
  /// tried before a hash is computed: one is right four times of five.
  package mutating func numbers(of table: FunctionTable) -> [Int32] {
    guard table.hashes.isEmpty else { return numbersByHash(of: table) }
    var last: Int32?
    return table.entries.map { entry in
      let number = guess(entry, table.bytes, after: last) ?? number(of: entry, in: table.bytes)
      if let last, successors[Int(last)].0 != number {
        successors[Int(last)] = (number, successors[Int(last)].0)
      }
      last = number
      return number
    }
  }

  private mutating func numbersByHash(of table: FunctionTable) -> [Int32] {
    // Neighbours are mostly of one file, whose long path need not be compared again.
    var file = (known: TextRange(0..<0), given: TextRange(0..<0))
    var result: [Int32] = []
    result.reserveCapacity(table.entries.count)
    for (entry, hash) in zip(table.entries, table.hashes) {
      let (number, isNew) = numbers.number(hash: hash) {
        Self.isSame(entries[Int($0)], texts.bytes, entry, table.bytes, &file)
      }
      if isNew { append(texts.entry(of: entry, in: table.bytes), number) }
      result.append(number)
    }
    return result
  }

  /// Whether a known function is one of other bytes; `file` is one that both have, and that the last
  /// function had.
  @inline(__always)
  private static func isSame(
    _ known: FunctionTable.Entry,
    _ knownBytes: [UInt8],
    _ entry: FunctionTable.Entry,
    _ bytes: [UInt8],
    _ file: inout (known: TextRange, given: TextRange)
  ) -> Bool {
    guard known.line == entry.line,
      knownBytes.equals(known.name.range, bytes, entry.name.range)
    else { return false }
    if known.file == file.known, entry.file == file.given { return true }
    guard knownBytes.equals(known.file.range, bytes, entry.file.range) else { return false }
    file = (known.file, entry.file)
    return true
  }

  /// The number of a function if it is one of those that came after another the last times.
  @inline(__always)
  private func guess(
    _ entry: FunctionTable.Entry,
    _ bytes: [UInt8],
    after last: Int32?
  ) -> Int32? {
    guard let last else { return nil }
    let (latest, earlier) = successors[Int(last)]
    if entries[Int(latest)].equals(texts.bytes, entry, bytes) { return latest }
    return entries[Int(earlier)].equals(texts.bytes, entry, bytes) ? earlier : nil
  }

  /// The number of a function.
  package mutating func number(of function: Function) -> Int32 {
    let (number, isNew) = numbers.number(hash: hash(function)) {
      entries[Int($0)].equals(texts.bytes, function)
    }
    if isNew { append(texts.entry(of: function), number) }
    return number
  }

  private mutating func number(of entry: FunctionTable.Entry, in bytes: [UInt8]) -> Int32 {
    let (number, isNew) = numbers.number(hash: hash(entry, bytes)) {
      entries[Int($0)].equals(texts.bytes, entry, bytes)
    }
    if isNew { append(texts.entry(of: entry, in: bytes), number) }
    return number
  }

  private mutating func append(_ entry: FunctionTable.Entry, _ number: Int32) {
    entries.append(entry)
    successors.append((number, number))
  }
}
