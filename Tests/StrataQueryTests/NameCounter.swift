// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Synchronization

/// Counts the names that questions ask a store for, which knows that no function stands for another.
final class NameCounter: Sendable {
  private let names = Mutex(0)

  var namesAsked: Int { names.withLock { $0 } }

  /// A store in memory whose names are counted.
  func store(_ records: [Capture]) throws -> WrappingStore {
    WrappingStore(try MemoryStore(records)) { Snapshot(base: $0, counter: self) }
  }

  private struct Names: FunctionNames {
    let base: any FunctionNames
    let counter: NameCounter

    func function(_ id: FunctionID) throws -> Function {
      counter.names.withLock { $0 += 1 }
      return try base.function(id)
    }
  }

  private struct Snapshot: WrappingView {
    let base: any StoreView
    let counter: NameCounter

    func names(of selection: ProfileSelection) async throws -> any FunctionNames {
      Names(base: try await base.names(of: selection), counter: counter)
    }

    func functionAliases() throws -> [FunctionID: FunctionID]? { [:] }
  }
}
