// SPDX-License-Identifier: Apache-2.0

public import StrataCore

// What only some stores can do. A front end asks for a capability (`store as? any RollingUpStore`), and
// says what is missing where a store lacks it.

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

/// A store that can remove what a policy does not keep.
public protocol PrunableStore: ProfileStore {
  /// Removes what a policy does not keep, after its sums are written.
  ///
  /// - Parameters:
  ///   - policy: What is kept.
  ///   - now: The end of the times that the policy names.
  ///   - progress: Called after each step with the captures removed so far; returns whether to go on.
  /// - Returns: What was removed, and how much room that gave.
  /// - Throws: The store's own error.
  func prune(
    _ policy: RetentionPolicy,
    now: Timestamp,
    progress: (PruneReport) -> Bool
  ) async throws -> PruneReport
}

/// A store that can compare everything in it with its checksums.
public protocol VerifiableStore: ProfileStore {
  /// Reads everything.
  ///
  /// - Parameters:
  ///   - removingDamaged: Whether captures that can no longer be read are removed.
  ///   - progress: Called with how much is done and how much there is; returns whether to continue.
  /// - Returns: What was found.
  /// - Throws: The store's own error.
  func verify(
    removingDamaged: Bool,
    progress: (_ done: Int, _ total: Int) -> Bool
  ) async throws -> VerificationReport
}

/// A store that can give back room that nothing refers to.
public protocol CompactableStore: ProfileStore {
  /// Rolls up what waits, removes what nothing refers to, and gives the room back.
  ///
  /// - Parameters:
  ///   - end: Slices that end later are left open.
  ///   - progress: Called after each transaction; returns whether to continue.
  /// - Returns: What was done.
  /// - Throws: The store's own error.
  func compact(
    endingBefore end: Timestamp,
    progress: (CompactionProgress) -> Bool
  ) async throws -> CompactionReport
}

/// A store whose present state can be copied into a file while others read and write.
public protocol BackedUpStore: ProfileStore {
  /// Copies the store into a new file.
  ///
  /// - Parameters:
  ///   - destination: The new file; it gets its name when it is whole and durable.
  ///   - progress: Called with how much is done and how much there is.
  /// - Throws: The store's own error, or what `progress` throws; then there is no new file.
  func backup(
    to destination: String,
    progress: (_ done: Int, _ total: Int) throws -> Void
  ) async throws
}

/// A store that knows what it holds, and what that takes.
public protocol MeasuredStore: ProfileStore {
  /// Counts what the store holds.
  ///
  /// - Parameter measuringContent: Whether what takes the room is added up too, which reads every
  ///   capture.
  /// - Returns: The counts.
  /// - Throws: The store's own error.
  func statistics(measuringContent: Bool) async throws -> StoreStatistics
}
