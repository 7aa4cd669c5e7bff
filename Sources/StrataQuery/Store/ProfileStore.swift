// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A place that keeps captures, exactly, and gives them back for questions over time.
///
/// Everything that Strata does with a store goes through this protocol: an import, a folder that is
/// followed, `strata run`, and every question (``SliceQuery``, ``InputQuery``, ``ComparisonQuery``).
/// So captures in memory, an embedded database and a server are used in the same way. ``MemoryStore``
/// is the reference: the conformance suite in `StrataTesting` compares every other store with it.
///
/// ## Writing a store
///
/// Keep what ``commit(_:)`` was given bit for bit, and keep a capture whose id is known only once.
/// ``read(_:)`` hands out a ``StoreView``; what a view has to promise is said there. What only some
/// stores can do is a capability of its own, such as ``RollingUpStore``.
public protocol ProfileStore: Sendable {
  /// A capture that was found fit to be kept, in the form in which ``commit(_:)`` takes it.
  associatedtype Prepared: Sendable = Capture

  /// Checks a capture, and does all the work of storing it that needs no access to the store.
  ///
  /// An import calls it on several threads while it stores what was prepared before, so a store that
  /// encodes does that here.
  ///
  /// - Throws: `CaptureError` where the capture cannot be kept exactly, or its start, duration or
  ///   labels are out of bounds.
  func prepare(_ capture: Capture) throws(CaptureError) -> Prepared

  /// Stores captures, all or none; when it returns, they are as durable as the store makes them.
  ///
  /// Several tasks may call it at once; a store may make one transaction of what they bring.
  ///
  /// - Returns: For each capture, whether it was new; one whose id is known changes nothing.
  /// - Throws: The store's own error; then none of them is stored.
  func commit(_ prepared: [Prepared]) async throws -> [Bool]

  /// Which of some identities are those of captures that the store keeps, or has kept.
  ///
  /// A capture that is known must not be taken from its source before ``synchronize()`` has returned:
  /// another process may have written it a moment ago.
  func knownIDs(among ids: [ProfileID]) async throws -> Set<ProfileID>

  /// Returns when every capture that is known now is durable.
  func synchronize() async throws

  /// Calls `body` with a view of the store, which is valid until `body` returns.
  func read<Result>(
    _ body: (any StoreView) async throws -> Result
  ) async throws -> Result
}

extension ProfileStore where Prepared == Capture {
  /// Checks the capture.
  public func prepare(_ capture: Capture) throws(CaptureError) -> Capture {
    try capture.check()
    return capture
  }
}

extension ProfileStore {
  /// Does nothing, for a store whose known captures are durable.
  public func synchronize() async throws {}

  /// Stores captures, all or none; when it returns, they are as durable as the store makes them.
  ///
  /// - Returns: For each capture, whether it was new; one whose id is known changes nothing.
  /// - Throws: `CaptureError` where a capture cannot be kept exactly, or its start, duration or labels
  ///   are out of bounds; or the store's own error.
  @discardableResult
  public func insert(_ captures: [Capture]) async throws -> [Bool] {
    try await commit(captures.map { try prepare($0) })
  }
}

/// A store that can add up the captures of whole slices ahead of any question.
public protocol RollingUpStore: ProfileStore {
  /// Rolls up all slices that have ended; what is stored stays exact, and so do answers.
  ///
  /// - Parameters:
  ///   - end: Slices that end later are left open, for captures that are on their way.
  ///   - progress: Called with how many slices are done and how many there are; returns whether to
  ///     go on.
  /// - Returns: How many slices were rolled up.
  /// - Throws: The store's own error; slices that were rolled up by then stay so.
  @discardableResult
  func rollUp(
    endingBefore end: Timestamp,
    progress: (_ done: Int, _ total: Int) -> Bool
  ) async throws -> Int
}
