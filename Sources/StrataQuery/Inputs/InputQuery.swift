// SPDX-License-Identifier: Apache-2.0

public import PythonPattern
public import StrataCore

/// The question which kinds of input are slow, and which functions make them so.
///
/// Each value of a label is compared, per capture, with all captures that have another value: so
/// that an input which is merely frequent is not taken for a slow one.
public struct InputQuery: Hashable, Sendable {
  /// Which captures.
  public var selection: ProfileSelection
  /// The labels to compare, each of which counts once; nil means every label that the captures have.
  public var keys: [String]?
  /// Only functions whose description this matches; nil means all.
  public var functions: Pattern?
  /// Whether files are known by the last part of their path alone.
  public var stripsDirectories: Bool
  /// How many functions are named for each value; nil names all.
  public var topFunctions: Int?

  /// Creates a question.
  public init(
    _ selection: ProfileSelection = .all,
    keys: [String]? = nil,
    functions: Pattern? = nil,
    stripsDirectories: Bool = false,
    topFunctions: Int? = nil
  ) {
    self.selection = selection
    self.keys = keys
    self.functions = functions
    self.stripsDirectories = stripsDirectories
    self.topFunctions = topFunctions
  }
}

extension ProfileStore {
  /// Compares the captures of each label value with all others.
  ///
  /// - Throws: ``QueryError`` where the question has no honest answer, or the store's own error.
  /// - Complexity: O(*n*) in the functions of all captures, and O(captures) for each label value;
  ///   memory is O(label values × functions).
  public func inputs(_ query: InputQuery) async throws -> InputComparison {
    try await ask { view in
      let survey = try await view.survey(query.selection, longestExpected: nil)
      try survey.checkSummable()
      try survey.checkCoversCalls()
      var totals = try await InputTotals(query, in: view)
      var count = CaptureCount(of: survey, isFinal: view.isSnapshot)
      let columns: ProfileColumns = [.selfTimes, .callCounts]
      try await view.scan(query.selection, columns: columns) { capture in
        try capture.figures.check(columns)
        try count.add(1)
        try totals.add(capture)
      }
      try count.finish()
      var comparison = try totals.comparison(kind: survey.kind, clock: survey.clock)
      if let warning = survey.coverageWarning { comparison.warnings.append(warning) }
      return comparison
    }
  }
}
