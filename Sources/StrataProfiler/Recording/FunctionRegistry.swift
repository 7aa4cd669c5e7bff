// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Synchronization

/// The functions of a profiler by number.
///
/// A thread asks once for each call site that it meets.
final class FunctionRegistry: Sendable {
  private struct State {
    var functions: [Function] = []
    var numbers: [Function: Int32] = [:]
  }

  private let state = Mutex(State())

  /// The functions so far, in the order of their numbers.
  var functions: [Function] { state.withLock { $0.functions } }

  /// The number of the function that a call site names.
  func number(of site: CallSite, _ key: SiteKey) -> Int32 {
    key.function ?? number(of: site.function)
  }

  /// The number of a function; a new one gets the next.
  func number(of function: Function) -> Int32 {
    state.withLock { state in
      // Several call sites may name one function, and its name may be at several addresses.
      if let number = state.numbers[function] { return number }
      let number = Int32(state.functions.count)
      state.functions.append(function)
      state.numbers[function] = number
      return number
    }
  }
}

/// The sets of labels of a profiler by number; 0 is the empty set.
final class LabelRegistry: Sendable {
  /// A set that stands for all that came after the limit.
  static let overflow: Labels = ["strata.labels": "other"]

  /// How many sets a thread keeps at hand.
  static let cacheLimit = 1_024

  private struct State {
    var sets: [Labels] = [[:]]
    var numbers: [Labels: Int32] = [[:]: 0]
  }

  private let state = Mutex(State())
  private let limit: Int

  /// Creates a registry of at most `limit` sets; calls with further ones share ``overflow``.
  init(limit: Int) {
    self.limit = max(2, limit)
  }

  /// The sets so far, in the order of their numbers.
  var sets: [Labels] { state.withLock { $0.sets } }

  /// The number of the labels of a call, added to those of the call within which it is made.
  func number(of labels: Labels, within outer: Int32) -> Int32 {
    state.withLock { state in
      var set = state.sets[Int(outer)].merging(labels)
      // A label with another value for each request would take memory without end.
      if state.numbers[set] == nil, state.sets.count >= limit { set = Self.overflow }
      if let number = state.numbers[set] { return number }
      let number = Int32(state.sets.count)
      state.sets.append(set)
      state.numbers[set] = number
      return number
    }
  }
}
