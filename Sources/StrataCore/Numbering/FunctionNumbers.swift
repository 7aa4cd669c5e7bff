// SPDX-License-Identifier: Apache-2.0

/// Functions, each with a number: what many profiles name is found again without a hash.
package struct FunctionNumbers: Sendable {
  /// The functions in the order of their numbers.
  package private(set) var functions: [Function] = []
  private var numbers = NumberTable(capacity: 0)
  private let hash = SeededHash()
  /// For each function the one that came after it in the last table that had both; else itself.
  private var successors: [Int32] = []

  /// Creates numbers for no functions.
  package init() {}

  /// The numbers of the functions of a table; new functions get the next ones.
  ///
  /// Profiles of one program name its functions in much the same order, so the one that came next
  /// the last time is tried before a hash is computed: it is right four times of five.
  package mutating func numbers(of table: [Function]) -> [Int32] {
    var last: Int32?
    return table.map { function in
      let guess = last.map { successors[Int($0)] }
      if let guess, functions[Int(guess)] == function {
        last = guess
        return guess
      }
      let number = number(of: function)
      if let last { successors[Int(last)] = number }
      last = number
      return number
    }
  }

  /// The number of a function.
  package mutating func number(of function: Function) -> Int32 {
    let (number, isNew) = numbers.number(hash: hash(function)) { functions[Int($0)] == function }
    if isNew {
      functions.append(function)
      successors.append(number)
    }
    return number
  }
}
