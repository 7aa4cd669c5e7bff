// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import Synchronization

/// Numbers of this process for all functions that its records name, before the store has numbers
/// for them.
///
/// Whoever prepares a record compares its names while they are at hand, and the writer, for whom
/// the others wait, has an array to look into.
final class FunctionRegister: Sendable {
  private let numbers = Mutex(FunctionInterner())

  /// The numbers of functions, in their order.
  func numbers(of functions: FunctionTable) -> [Int32] {
    numbers.withLock { $0.numbers(of: functions) }
  }

  func number(of function: Function) -> Int32 {
    numbers.withLock { $0.number(of: function) }
  }

  /// The function that has a number.
  func function(_ number: Int32) -> Function {
    numbers.withLock { $0.functions[Int(number)] }
  }
}

#endif
