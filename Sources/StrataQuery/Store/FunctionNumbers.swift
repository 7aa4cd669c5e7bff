// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The functions of a store in memory, each with a number.
struct FunctionNumbers: Sendable {
  private var functions: [Function] = []
  private var numbers: [Function: FunctionID] = [:]
  /// For each function the one that came after it in the last table that had both; else itself.
  private var successors: [FunctionID] = []

  /// The function with a number.
  subscript(id: FunctionID) -> Function { functions[Int(id.index)] }

  /// The numbers of the functions of a table; new functions get new numbers.
  ///
  /// Profiles of one program name its functions in much the same order, so the one that came next
  /// the last time is tried before a hash is computed: it is right four times of five.
  mutating func numbers(of table: [Function]) -> [FunctionID] {
    var last: FunctionID?
    return table.map { function in
      let guess = last.map { successors[Int($0.index)] }
      if let guess, self[guess] == function {
        last = guess
        return guess
      }
      let number = number(of: function)
      if let last { successors[Int(last.index)] = number }
      last = number
      return number
    }
  }

  private mutating func number(of function: Function) -> FunctionID {
    if let known = numbers[function] { return known }
    let new = FunctionID(Int32(functions.count))
    functions.append(function)
    successors.append(new)
    numbers[function] = new
    return new
  }
}
