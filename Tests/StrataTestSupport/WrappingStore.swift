// SPDX-License-Identifier: Apache-2.0

public import StrataCore
public import StrataQuery

/// A store in memory of which a test changes how some questions are answered.
public struct WrappingStore: ProfileStore {
  private let store: MemoryStore
  private let wrap: @Sendable (any StoreView) -> any StoreView

  /// Creates a store each state of which is what `wrap` makes of one in memory.
  public init(
    _ store: MemoryStore = MemoryStore(),
    wrap: @escaping @Sendable (any StoreView) -> any StoreView
  ) {
    self.store = store
    self.wrap = wrap
  }

  /// Keeps records, all or none.
  public func insert(_ records: [Capture]) throws -> [Bool] {
    try store.insert(records)
  }

  /// Calls `body` with the records of this moment.
  public func read<Result>(_ body: (any StoreView) throws -> Result) throws -> Result {
    try store.read { try body(wrap($0)) }
  }
}

/// One state of a store that passes on what it does not answer by itself.
public protocol WrappingSnapshot: StoreView {
  /// Who answers instead.
  var base: any StoreView { get }
}

extension WrappingSnapshot {
  /// Passes the question on.
  public func scan(
    _ selection: ProfileSelection,
    columns: ProfileColumns,
    body: (ProfileVectors) throws -> Void
  ) throws {
    try base.scan(selection, columns: columns, body: body)
  }

  /// Passes the question on.
  public func forEachRecord(
    _ selection: ProfileSelection,
    body: (Capture) throws -> Void
  ) throws {
    try base.forEachRecord(selection, body: body)
  }

  /// Passes the question on.
  public func function(_ id: FunctionID) throws -> Function {
    try base.function(id)
  }
}
