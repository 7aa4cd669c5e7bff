// SPDX-License-Identifier: Apache-2.0

/// The functions of a dump, each once, in the order in which they are first named.
package struct FunctionTable: Sendable {
  private struct Key: Equatable {
    var file: Int32
    var name: Int32
    var line: Int
  }

  private var keys: [Key] = []
  private var numbers: NumberTable
  private let hash = SeededHash()

  /// Creates a table with room for some functions.
  package init(capacity: Int) {
    numbers = NumberTable(capacity: capacity)
    keys.reserveCapacity(capacity)
  }

  /// The number of a function, given its line and the numbers of its texts.
  package mutating func number(file: Int32, line: Int, name: Int32) -> Int32 {
    let key = Key(file: file, name: name, line: line)
    let texts = UInt64(UInt32(bitPattern: file)) << 32 | UInt64(UInt32(bitPattern: name))
    let (number, isNew) = numbers.number(hash: hash(texts, UInt64(bitPattern: Int64(line)))) {
      keys[Int($0)] == key
    }
    if isNew { keys.append(key) }
    return number
  }

  /// The functions with the texts that their numbers mean.
  package func list(_ texts: TextTable) -> [Function] {
    keys.map { key in
      Function(file: texts.list[Int(key.file)], line: key.line, name: texts.list[Int(key.name)])
    }
  }
}
