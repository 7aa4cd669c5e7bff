// SPDX-License-Identifier: Apache-2.0

public import StrataCore
public import StrataQuery

/// A store in memory whose answers to some questions are changed by a test.
public struct WrappingStore: ProfileStore {
  private let store: MemoryStore
  private let wrap: @Sendable (any StoreView) -> any StoreView

  /// Creates a store whose states are what `wrap` makes of those in memory.
  public init(
    _ store: MemoryStore = MemoryStore(),
    wrap: @escaping @Sendable (any StoreView) -> any StoreView
  ) {
    self.store = store
    self.wrap = wrap
  }

  /// Keeps captures, all or none.
  public func commit(_ captures: [Capture]) async throws -> [Bool] {
    try await store.insert(captures)
  }

  /// Which of some identities are those of captures that the store keeps.
  public func knownIDs(among ids: [ProfileID]) -> Set<ProfileID> { store.knownIDs(among: ids) }

  /// Calls `body` with the captures of this moment.
  public func read<Result>(
    _ body: (any StoreView) async throws -> Result
  ) async throws -> Result {
    try await store.read { try await body(wrap($0)) }
  }
}

/// One state of a store that passes on what it does not answer by itself.
public protocol WrappingView: StoreView {
  /// Who answers instead.
  var base: any StoreView { get }
}

extension WrappingView {
  /// Passes the question on.
  public func scan(
    _ selection: ProfileSelection,
    columns: ProfileColumns,
    body: (ProfileVectors) throws -> Void
  ) async throws {
    try await base.scan(selection, columns: columns, body: body)
  }

  /// Passes the question on.
  public func forEachCapture(
    _ selection: ProfileSelection,
    body: (Capture) throws -> Void
  ) async throws {
    try await base.forEachCapture(selection, body: body)
  }

  /// Passes the question on.
  public func names(of selection: ProfileSelection) async throws -> any FunctionNames {
    try await base.names(of: selection)
  }

  /// Whether the base is a snapshot.
  public var isSnapshot: Bool { base.isSnapshot }

  /// The limit of the base.
  public var functionLimit: Int? { base.functionLimit }
}
