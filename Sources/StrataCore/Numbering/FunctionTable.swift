// SPDX-License-Identifier: Apache-2.0

/// The functions of a dump, each once, in the order in which they are first named.
package struct FunctionTable: Sendable {
  /// The functions in the order of their numbers.
  package private(set) var entries: [FunctionList.Entry] = []
  private var numbers: NumberTable
  private let hash = SeededHash()

  /// Creates a table with room for some functions.
  package init(capacity: Int) {
    numbers = NumberTable(capacity: capacity)
    entries.reserveCapacity(capacity)
  }

  /// The number of a function, given its line and where its texts stand.
  ///
  /// Texts that are equal must stand in the same place, as those of a ``TextTable`` do.
  package mutating func number(file: TextRange, line: Int, name: TextRange) -> Int32 {
    let entry = FunctionList.Entry(file: file, name: name, line: line)
    let texts = UInt64(file.range.lowerBound) << 32 | UInt64(name.range.lowerBound)
    let (number, isNew) = numbers.number(hash: hash(texts, UInt64(bitPattern: Int64(line)))) {
      entries[Int($0)] == entry
    }
    if isNew { entries.append(entry) }
    return number
  }
}
