// SPDX-License-Identifier: Apache-2.0

/// Functions, each with a number: what many profiles name is found again without a hash.
package struct FunctionNumbers: Sendable {
  private var texts = TextTable()
  private var entries: [FunctionList.Entry] = []
  private var numbers = NumberTable(capacity: 0)
  private let hash = SeededHash()
  /// For each function the one that came after it in the last table that had both; else itself.
  private var successors: [Int32] = []

  /// Creates numbers for no functions.
  package init() {}

  /// The functions in the order of their numbers.
  package var functions: FunctionList { FunctionList(bytes: texts.bytes, entries: entries) }

  /// How many functions have numbers.
  package var count: Int { entries.count }

  /// The numbers of the functions of a table; new functions get the next ones.
  ///
  /// Profiles of one program name its functions in much the same order, so the one that came next
  /// the last time is tried before a hash is computed: it is right four times of five.
  package mutating func numbers(of table: FunctionList) -> [Int32] {
    var last: Int32?
    return table.entries.map { entry in
      let guess = last.map { successors[Int($0)] }
      if let guess, entries[Int(guess)].equals(texts.bytes, entry, table.bytes) {
        last = guess
        return guess
      }
      let number = number(of: entry, in: table.bytes)
      if let last { successors[Int(last)] = number }
      last = number
      return number
    }
  }

  /// The number of a function.
  package mutating func number(of function: Function) -> Int32 {
    let (number, isNew) = numbers.number(hash: hash(function)) {
      entries[Int($0)].equals(texts.bytes, function)
    }
    if isNew {
      entries.append(texts.entry(of: function))
      successors.append(number)
    }
    return number
  }

  private mutating func number(of entry: FunctionList.Entry, in bytes: [UInt8]) -> Int32 {
    let (number, isNew) = numbers.number(hash: hash(entry, bytes)) {
      entries[Int($0)].equals(texts.bytes, entry, bytes)
    }
    if isNew {
      entries.append(texts.entry(of: entry, in: bytes))
      successors.append(number)
    }
    return number
  }
}
