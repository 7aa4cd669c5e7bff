// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// The captures of a selection added up into one profile, callers included.
public struct MergedCaptures: Sendable {
  /// The sum, its functions in the order in which the captures first name them.
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
  /// Adds up the captures of a selection, in order of start.
  ///
  /// - Throws: ``QueryError`` where they are of two kinds or clocks, or the store's own error.
  /// - Complexity: O(*n*) in their functions and callers; memory grows with the sum alone.
  public func merged(_ selection: ProfileSelection) throws -> MergedCaptures {
    try read { snapshot in
      let survey = try CaptureSurvey(selection, in: snapshot)
      var merger = ProfileMerger()
      try snapshot.forEachRecord(selection) { merger.add($0.profile) }
      return MergedCaptures(
        profile: merger.takeProfile(),
        captures: survey.captures,
        first: survey.first,
        last: survey.last,
        kind: survey.kind,
        clock: survey.clock
      )
    }
  }
}
