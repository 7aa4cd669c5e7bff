// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// One state of a store, for the time of one ``ProfileStore/read(_:)``.
///
/// The first three requirements are all that a store needs. The others answer from them, one
/// capture at a time; a store that keeps sums of many captures answers them from those.
public protocol StoreView {
  /// Calls `body` with each selected capture, in order of start (of equal starts: of insertion).
  ///
  /// - Parameters:
  ///   - selection: Which captures.
  ///   - columns: Which figures are needed; without any, the vectors are empty and cheap.
  ///   - body: Receives the capture's vectors, which are valid until it returns.
  /// - Throws: What `body` throws, or the store's own error.
  /// - Complexity: O(*n*) in the captures of the range and the size of their columns.
  func scan(
    _ selection: ProfileSelection,
    columns: ProfileColumns,
    body: (ProfileVectors) throws -> Void
  ) throws

  /// Calls `body` with each selected record whole, callers included, in the order of `scan`.
  func forEachRecord(
    _ selection: ProfileSelection,
    body: (Capture) throws -> Void
  ) throws

  /// The function that a number of the vectors stands for.
  func function(_ id: FunctionID) throws -> Function

  /// The functions that another one stands for, because their names differ in addresses alone.
  ///
  /// Functions of the same canonical identity (`Function.canonical`) are one series. A store that
  /// knows them spares a question the names of all functions that it does not show.
  ///
  /// - Returns: For each function that is not the one that stands for it, which one does; nil where
  ///   names must be looked at.
  /// - Throws: The store's own error.
  func functionAliases() throws -> [FunctionID: FunctionID]?

  /// Looks at the captures of a selection without their figures.
  ///
  /// - Parameters:
  ///   - selection: Which captures, of any kinds and clocks.
  ///   - longestExpected: What captures are expected to last; longer ones are counted.
  /// - Returns: How many there are, when they started, and what they are.
  /// - Throws: The store's own error.
  /// - Complexity: At most O(captures).
  func survey(
    _ selection: ProfileSelection,
    longestExpected: Duration?
  ) throws -> CaptureSurvey

  /// Calls `body` with sums that together hold each selected capture exactly once, in any order.
  ///
  /// A sum names the functions that its captures name and no others, also those that took no time.
  /// The captures are of one kind and clock: a question asks ``CaptureSurvey/checkSummable()`` first.
  ///
  /// - Parameters:
  ///   - request: Which captures, and which of them must stay apart.
  ///   - body: Receives the sums, which are valid until it returns.
  /// - Throws: ``QueryError/prunedCaptures(before:keptBy:)`` where the store has only sums left that
  ///   would mix what must stay apart, what `body` throws, or the store's own error.
  func forEachSum(_ request: SumRequest, body: (CaptureSums) throws -> Void) throws

  /// Which sums `forEachSum` would read.
  func plan(_ request: SumRequest) throws -> SumPlan

  /// Adds up the captures of a selection, callers included, in whole nanoseconds.
  ///
  /// The sum has the functions and edges that the captures have, in an order of the store's own, and
  /// times as ``ProfileTotals`` makes them: equal sums, whatever they were added up from.
  func total(
    _ selection: ProfileSelection,
    resolution: SumRequest.Resolution
  ) throws -> StatsProfile
}

extension StoreView {
  /// Has names looked at.
  public func functionAliases() throws -> [FunctionID: FunctionID]? { nil }

  /// Looks at each header.
  public func survey(
    _ selection: ProfileSelection,
    longestExpected: Duration?
  ) throws -> CaptureSurvey {
    var survey = CaptureSurvey(longestExpected: longestExpected)
    try scan(selection, columns: []) { survey.add($0.header) }
    return survey
  }

  /// Gives each capture as a sum of its own.
  public func forEachSum(_ request: SumRequest, body: (CaptureSums) throws -> Void) throws {
    try scan(request.selection, columns: request.columns) { capture in
      try body(CaptureSums(capture, labelKey: request.labelKey))
    }
  }

  /// Plans to read each capture.
  public func plan(_ request: SumRequest) throws -> SumPlan {
    SumPlan(eachOf: try survey(request.selection, longestExpected: nil))
  }

  /// Adds up each record.
  public func total(
    _ selection: ProfileSelection,
    resolution: SumRequest.Resolution
  ) throws -> StatsProfile {
    var sum = RecordSum()
    try forEachRecord(selection) { try sum.add($0.profile) }
    return try sum.profile()
  }
}
