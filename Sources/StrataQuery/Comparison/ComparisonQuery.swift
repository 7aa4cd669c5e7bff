// SPDX-License-Identifier: Apache-2.0

public import PythonPattern
public import StrataCore

/// The question what changed between two sets of captures, function by function.
public struct ComparisonQuery: Hashable, Sendable {
  /// The captures to compare with.
  public var before: ProfileSelection
  /// The captures to compare.
  public var after: ProfileSelection
  /// What counts as the same function on both sides.
  public var grouping: ProfileComparison.Matching
  /// Only functions whose description this matches; nil means all.
  public var functions: Pattern?
  /// Whether files are known by the last part of their path alone.
  public var stripsDirectories: Bool
  /// Whether both sides are divided by their captures.
  public var isPerCapture: Bool
  /// What the sums may be answered from; the answer is the same.
  public var resolution: SumRequest.Resolution

  /// Creates a question.
  public init(
    before: ProfileSelection,
    after: ProfileSelection,
    grouping: ProfileComparison.Matching = .function,
    functions: Pattern? = nil,
    stripsDirectories: Bool = false,
    isPerCapture: Bool = false,
    resolution: SumRequest.Resolution = .any
  ) {
    self.before = before
    self.after = after
    self.grouping = grouping
    self.functions = functions
    self.stripsDirectories = stripsDirectories
    self.isPerCapture = isPerCapture
    self.resolution = resolution
  }

  /// Compares captures of one store with captures of another one.
  ///
  /// - Throws: ``QueryError`` where captures are of two kinds or clocks, on one side or between
  ///   them, or a store's own error.
  /// - Complexity: O(*n*) in the functions of all captures, or of the sums that the stores keep of
  ///   them; memory is O(functions).
  public func comparison(
    of beforeStore: some ProfileStore,
    with afterStore: some ProfileStore
  ) async throws -> ProfileComparison {
    let beforeSum = try await beforeStore.ask { try await sum(before, in: $0) }
    let afterSum = try await afterStore.ask { try await sum(after, in: $0) }
    return try comparison(of: beforeSum, with: afterSum)
  }

  /// Compares captures of one state of a store.
  fileprivate func comparison(in view: any StoreView) async throws -> ProfileComparison {
    try await comparison(of: sum(before, in: view), with: sum(after, in: view))
  }

  private func comparison(
    of before: CaptureSum,
    with after: CaptureSum
  ) throws(QueryError) -> ProfileComparison {
    let kinds = ProfileKind.allCases.filter { [before.kind, after.kind].contains($0) }
    let clocks = ProfileClock.allCases.filter { [before.clock, after.clock].contains($0) }
    guard kinds.count <= 1 else { throw .mixedKinds(kinds) }
    guard clocks.count <= 1 else { throw .mixedClocks(clocks) }
    return ProfileComparison(
      of: before,
      with: after,
      grouping: grouping,
      isPerCapture: isPerCapture
    )
  }

  private func sum(
    _ selection: ProfileSelection,
    in view: any StoreView
  ) async throws -> CaptureSum {
    let survey = try await view.survey(selection, longestExpected: nil)
    try survey.checkSummable()
    var totals = ComparisonTotals()
    let selection = survey.selection(selection, in: view)
    let request = SumRequest(selection, columns: .all, resolution: resolution)
    var count = CaptureCount(of: survey, isFinal: view.isSnapshot)
    try await view.forEachSum(request) { sum in
      try count.add(sum, request)
      try totals.add(sum)
    }
    try count.finish()
    return CaptureSum(
      captures: count.found,
      first: survey.first,
      last: survey.last,
      kind: survey.kind,
      clock: survey.clock,
      functions: try totals.functions(self, named: try await view.names(of: selection))
    )
  }
}

extension ProfileStore {
  /// Compares two sets of captures.
  ///
  /// - Throws: ``QueryError`` where captures are of two kinds or clocks, on one side or between
  ///   them, or the store's own error.
  /// - Complexity: O(*n*) in the functions of all captures, or of the sums that the store keeps of
  ///   them; memory is O(functions).
  public func comparison(_ query: ComparisonQuery) async throws -> ProfileComparison {
    try await ask { try await query.comparison(in: $0) }
  }
}
