// SPDX-License-Identifier: Apache-2.0

package import StrataCore
package import StrataQuery
import StrataTesting
import Synchronization

/// A store as one behind a network might be: answers take time and fail now and then, there is no
/// snapshot, and functions are numbered by hashes.
package final class DistantStore: ProfileStore {
  /// What goes wrong on the way; nothing is changed then.
  package struct Unreachable: Error, Hashable {
    /// Which call it was, counted from 1.
    package var call: Int
  }

  private struct State {
    var calls = 0
    var random: SeededGenerator
    /// Called before each call is answered: captures that arrive meanwhile.
    var arrivals: (@Sendable (_ call: Int) -> [Capture])?
  }

  private let memory = MemoryStore()
  private let failureRate: Int
  private let state: Mutex<State>

  /// Creates an empty store.
  ///
  /// - Parameters:
  ///   - seed: Decides which calls fail, and how long others take.
  ///   - failureRate: One call of so many fails; 0 lets none fail.
  package init(seed: UInt64, failureRate: Int = 0) {
    self.failureRate = failureRate
    state = Mutex(State(random: SeededGenerator(seed: seed)))
  }

  /// Has captures arrive before each call is answered.
  package func receive(_ arrivals: (@Sendable (_ call: Int) -> [Capture])?) {
    state.withLock { $0.arrivals = arrivals }
  }

  /// How many calls were made.
  package var calls: Int { state.withLock(\.calls) }

  /// The way there: it takes a while, and may not lead anywhere.
  fileprivate func travel() async throws {
    let (isLost, pause, call, arrivals) = state.withLock { state in
      state.calls += 1
      let number = state.random.next()
      let isLost = failureRate > 0 && number % UInt64(failureRate) == 0
      return (isLost, Int(number >> 32 % 200), state.calls, state.arrivals)
    }
    try await Task.sleep(for: .microseconds(pause))
    if isLost { throw Unreachable(call: call) }
    if let arrivals { try await memory.insert(arrivals(call)) }
  }

  package func commit(_ captures: [Capture]) async throws -> [Bool] {
    try await travel()
    return try await memory.insert(captures)
  }

  package func knownIDs(among ids: [ProfileID]) async throws -> Set<ProfileID> {
    try await travel()
    return memory.knownIDs(among: ids)
  }

  package func read<Result>(
    _ body: (any StoreView) async throws -> Result
  ) async throws -> Result {
    try await body(View(store: self))
  }

  /// Each call sees the store as it is then.
  private struct View: StoreView {
    let store: DistantStore
    let isSnapshot = false

    func scan(
      _ selection: ProfileSelection,
      columns: ProfileColumns,
      body: (ProfileVectors) throws -> Void
    ) async throws {
      try await store.travel()
      try await store.memory.read { view in
        let names = try await view.names(of: selection)
        try await view.scan(selection, columns: columns) { vectors in
          var vectors = vectors
          vectors.figures.functions = try vectors.figures.functions.map {
            try FunctionID(rawValue: names.function($0).distantHash)
          }
          try body(vectors)
        }
      }
    }

    func forEachCapture(
      _ selection: ProfileSelection,
      body: (Capture) throws -> Void
    ) async throws {
      try await store.travel()
      try await store.memory.read { try await $0.forEachCapture(selection, body: body) }
    }

    func names(of selection: ProfileSelection) async throws -> any FunctionNames {
      try await store.travel()
      var names = Names()
      try await store.memory.read { view in
        try await view.forEachCapture(selection) { capture in
          for row in capture.profile.functions {
            names.functions[row.function.distantHash] = row.function
          }
        }
      }
      return names
    }
  }

  private struct Names: FunctionNames {
    var functions: [UInt64: Function] = [:]

    func function(_ id: FunctionID) throws -> Function {
      guard let function = functions[id.rawValue] else { throw QueryError.newFunction }
      return function
    }
  }
}

extension Function {
  /// A number that every process gives the function: FNV-1a, in 64 bits.
  fileprivate var distantHash: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in file.bytes + [0] + Array(String(line).utf8) + [0] + name.bytes {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return hash
  }
}
