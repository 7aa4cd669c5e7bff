// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// What a question sees of a store, for the time of one ``ProfileStore/read(_:)``.
///
/// ## Consistency
///
/// A question asks several things of a view: which captures there are (``survey(_:longestExpected:)``),
/// then their sums, once or twice. A view with ``isSnapshot`` answers all of it from one state of the
/// store. No store has to have that. Of a view without it a question needs only this:
///
/// - Each call sees a state of the store in which every capture that was acknowledged before the view
///   was made is whole: all of its figures, or none of it if it was removed meanwhile.
/// - A capture counts once in one call, however its sums are divided.
///
/// The figures of an answer then all come from the last call. A capture that arrives during a question
/// is in the answer if the last call meets it and it started within the range that the survey found;
/// whether it helped to rank the series is left open, and layers, `other` and totals add up all the
/// same. A question that meets a function whose name it has not asked for starts again, at most
/// three times.
///
/// ## What to implement
///
/// ``scan(_:columns:body:)``, ``forEachCapture(_:body:)`` and ``names(of:)`` are all that a view needs.
/// The others answer from them, one capture at a time; a store that keeps sums of many captures, or
/// that adds up far away, implements them itself.
public protocol StoreView {
  /// Whether everything that is asked of the view is answered from one state of the store.
  var isSnapshot: Bool { get }

  /// The number above all ``FunctionID``s of the view, if they are few enough to be places in an
  /// array; nil where they are any numbers, such as hashes. Questions then number the functions
  /// themselves.
  var functionLimit: Int? { get }

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
  ) async throws

  /// Calls `body` with each selected capture whole, callers included, in the order of `scan`.
  func forEachCapture(
    _ selection: ProfileSelection,
    body: (Capture) throws -> Void
  ) async throws

  /// The names of the functions that the captures of a selection name.
  ///
  /// They are looked up one by one while sums come in, so a store that has to wait for an answer
  /// fetches all of them here.
  func names(of selection: ProfileSelection) async throws -> any FunctionNames

  /// The functions that another one stands for, because their names differ in addresses alone.
  ///
  /// Functions of the same canonical identity (`Function.canonical`) are one series. A store that
  /// knows them spares a question the names of all functions that it does not show.
  ///
  /// - Returns: For each function that is not the one that stands for it, which one does; nil where
  ///   names must be looked at.
  /// - Throws: The store's own error.
  func functionAliases() async throws -> [FunctionID: FunctionID]?

  /// The keys of all labels that captures have, in the order of their bytes.
  ///
  /// - Throws: The store's own error.
  /// - Complexity: At most O(captures).
  func labelKeys() async throws -> [String]

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
  ) async throws -> CaptureSurvey

  /// Calls `body` with sums that together hold each selected capture exactly once, in any order.
  ///
  /// A sum names the functions that its captures name and no others, also those that took no time.
  /// Where the request has a figure of whole captures, the sum says how many of its captures have it.
  /// The captures are of one kind and clock: a question asks ``CaptureSurvey/checkSummable()`` first.
  ///
  /// - Parameters:
  ///   - request: Which captures, and which of them must stay apart.
  ///   - body: Receives the sums, which are valid until it returns.
  /// - Throws: ``QueryError/prunedCaptures(before:keptBy:)`` where the store has only sums left that
  ///   would mix what must stay apart, ``QueryError/figureUnknown(_:before:)`` where they lack the figure,
  ///   what `body` throws, or the store's own error.
  func forEachSum(_ request: SumRequest, body: (CaptureSums) throws -> Void) async throws

  /// Which sums `forEachSum` would read.
  func plan(_ request: SumRequest) async throws -> SumPlan

  /// Adds up the captures of a selection, callers included, in whole nanoseconds.
  ///
  /// The sum has the functions and edges that the captures have, in an order of the store's own, and
  /// times as ``ProfileTotals`` makes them: equal sums, whatever they were added up from.
  func total(
    _ selection: ProfileSelection,
    resolution: SumRequest.Resolution
  ) async throws -> StatsProfile
}

/// The names of functions, looked up by their numbers.
public protocol FunctionNames {
  /// The function that a number of the view stands for.
  ///
  /// - Throws: ``QueryError/newFunction`` for a number that was not among those asked for, or the
  ///   store's own error.
  func function(_ id: FunctionID) throws -> Function
}

extension StoreView {
  /// Numbers of any size.
  public var functionLimit: Int? { nil }

  /// Has names looked at.
  public func functionAliases() async throws -> [FunctionID: FunctionID]? { nil }

  /// Looks at each header.
  public func labelKeys() async throws -> [String] {
    var keys: Set<String> = []
    try await scan(.all, columns: []) { keys.formUnion($0.header.labels.pairs.map(\.key)) }
    return keys.sorted()
  }

  /// Looks at each header.
  public func survey(
    _ selection: ProfileSelection,
    longestExpected: Duration?
  ) async throws -> CaptureSurvey {
    var survey = CaptureSurvey(longestExpected: longestExpected)
    try await scan(selection, columns: []) { survey.add($0.header) }
    return survey
  }

  /// Gives each capture as a sum of its own.
  public func forEachSum(
    _ request: SumRequest,
    body: (CaptureSums) throws -> Void
  ) async throws {
    try await scan(request.selection, columns: request.columns) { capture in
      try body(CaptureSums(capture, request))
    }
  }

  /// Plans to read each capture.
  public func plan(_ request: SumRequest) async throws -> SumPlan {
    SumPlan(eachOf: try await survey(request.selection, longestExpected: nil))
  }

  /// Adds up each capture.
  public func total(
    _ selection: ProfileSelection,
    resolution: SumRequest.Resolution
  ) async throws -> StatsProfile {
    var sum = RecordSum()
    try await forEachCapture(selection) { try sum.add($0.profile) }
    return try sum.profile()
  }
}
