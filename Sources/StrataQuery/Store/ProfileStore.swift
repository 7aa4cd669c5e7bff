// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A place that keeps profiles, exactly, and gives them back for questions over time.
///
/// Strata asks its questions (``SliceQuery``, ``InputQuery``) through this protocol alone, so dumps
/// in memory, an embedded database and a server are asked the same way. ``MemoryStore`` is the
/// reference: the conformance suite in `StrataTestSupport` compares every other store with it.
///
/// ## Writing a store
///
/// Keep what ``insert(_:)`` was given bit for bit, keep a record whose id is known only once, and
/// let ``read(_:)`` see one state of the store from its beginning to its end. The questions
/// themselves need nothing more; a store that has rolled-up slices may answer them itself.
public protocol ProfileStore: Sendable {
  /// Stores records, all or none; when it returns, they are as durable as the store makes them.
  ///
  /// - Returns: For each record, whether it was new; one whose id is known changes nothing.
  /// - Throws: `RecordError` where a record cannot be kept exactly, or its start, duration or labels
  ///   are out of bounds (`Capture.check()`); or the store's own error.
  func insert(_ records: [Capture]) throws -> [Bool]

  /// Calls `body` with a state of the store that does not change meanwhile.
  func read<Result>(_ body: (any StoreView) throws -> Result) throws -> Result
}
