// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import Synchronization

/// A store that knows that no function stands for another one, and counts the names asked for.
final class NameCountingStore: ProfileStore {
  private let store: MemoryStore
  private let names = Mutex(0)

  init(_ store: MemoryStore) {
    self.store = store
  }

  var namesAsked: Int { names.withLock { $0 } }

  func insert(_ records: [ProfileRecord]) throws -> [Bool] {
    try store.insert(records)
  }

  func read<Result>(_ body: (any ProfileSnapshot) throws -> Result) throws -> Result {
    try store.read { try body(Snapshot(base: $0, store: self)) }
  }

  private struct Snapshot: ProfileSnapshot {
    let base: any ProfileSnapshot
    let store: NameCountingStore

    func scan(
      _ selection: ProfileSelection,
      columns: ProfileColumns,
      body: (ProfileVectors) throws -> Void
    ) throws {
      try base.scan(selection, columns: columns, body: body)
    }

    func forEachRecord(
      _ selection: ProfileSelection,
      body: (ProfileRecord) throws -> Void
    ) throws {
      try base.forEachRecord(selection, body: body)
    }

    func function(_ id: FunctionID) throws -> Function {
      store.names.withLock { $0 += 1 }
      return try base.function(id)
    }

    func functionAliases() throws -> [FunctionID: FunctionID]? { [:] }
  }
}
