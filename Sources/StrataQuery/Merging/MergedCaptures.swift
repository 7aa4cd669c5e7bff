// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// The captures of a selection added up into one profile, callers included.
public struct MergedCaptures: Sendable {
  /// The sum, its functions in an order of the store's own; of one capture its own profile.
  public var profile: StatsProfile
  /// How many captures were added.
  public var captures: Int
  /// When the first one started; nil without captures, like all that follows.
  public var first: Timestamp?
  /// When the last one started.
  public var last: Timestamp?
  /// How the figures came about.
  public var kind: ProfileKind?
  /// What the times measure.
  public var clock: ProfileClock?
}

extension ProfileStore {
  /// Adds up the captures of a selection.
  ///
  /// One capture comes back bit for bit. Several are summed in whole nanoseconds, so that
  /// the result does not depend on their order, nor on which of them the store keeps as sums.
  ///
  /// - Throws: ``QueryError`` where they are of two kinds or clocks, or the store's own error.
  /// - Complexity: O(*n*) in their functions and callers, or in those of the sums that the store
  ///   keeps of them; memory grows with the sum alone.
  public func merged(
    _ selection: ProfileSelection,
    resolution: SumRequest.Resolution = .any
  ) async throws -> MergedCaptures {
    try await ask { view in
      let survey = try await view.survey(selection, longestExpected: nil)
      try survey.checkSummable()
      var profile = survey.captures == 1 ? try await view.singleProfile(selection) : nil
      if profile == nil {
        let selection = survey.selection(selection, in: view)
        profile = try await view.total(selection, resolution: resolution)
      }
      return MergedCaptures(
        profile: profile ?? StatsProfile(),
        captures: survey.captures,
        first: survey.first,
        last: survey.last,
        kind: survey.kind,
        clock: survey.clock
      )
    }
  }
}

extension StoreView {
  /// The profile of the only capture; nil where its sums alone are left.
  ///
  /// - Throws: ``QueryError/inconsistentStore(reason:)`` where it is not the only one.
  fileprivate func singleProfile(_ selection: ProfileSelection) async throws -> StatsProfile? {
    var profile: StatsProfile?
    do {
      try await forEachCapture(selection) { record in
        guard profile == nil else {
          throw QueryError.inconsistentStore(reason: "more captures than the one found first")
        }
        profile = record.profile
      }
    } catch QueryError.prunedCaptures {
      return nil
    }
    guard let profile else {
      throw QueryError.inconsistentStore(reason: "the one capture found first is missing")
    }
    return profile
  }
}
