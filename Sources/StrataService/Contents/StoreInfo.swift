// SPDX-License-Identifier: Apache-2.0

public import StrataCore
public import StrataQuery

/// What a store or a set of dumps holds.
public struct StoreInfo: Sendable {
  /// The file of the store; nil for dumps.
  public var store: String?
  /// The paths of the dumps; none for a store.
  public var paths: [String]
  /// The keys of all labels, shown or not.
  public var keys: [String]
  /// What the captures are of.
  public var captures: CaptureContent
  /// What only a store has.
  public var statistics: StoreStatistics?

  /// Creates a description.
  public init(
    store: String? = nil,
    paths: [String] = [],
    keys: [String],
    captures: CaptureContent,
    statistics: StoreStatistics? = nil
  ) {
    self.store = store
    self.paths = paths
    self.keys = keys
    self.captures = captures
    self.statistics = statistics
  }
}

/// When captures were taken, how, and of what.
public struct CaptureContent: Sendable {
  /// The captures of one kind and clock.
  public struct Group: Sendable {
    /// How the figures came about.
    public var kind: ProfileKind
    /// What the times measure.
    public var clock: ProfileClock
    /// How many captures.
    public var captures: Int
  }

  /// A label, and the values that most captures have.
  public struct Label: Sendable {
    /// The key.
    public var key: String
    /// How many values there are; captures without the label are none.
    public var valueCount: Int
    /// The values shown, the most frequent first.
    public var values: [Value]
  }

  /// The captures with one value of a label.
  public struct Value: Sendable {
    /// The value; nil for the captures without the label.
    public var value: String?
    /// How many captures.
    public var captures: Int
    /// When the first one started; nil where that is unknown.
    public var first: Timestamp?
    /// When the last one started; nil where that is unknown.
    public var last: Timestamp?
  }

  /// How many values of a label are shown unless all are asked for.
  public static let shownValues = 10

  /// How many captures there are.
  public private(set) var captures = 0
  /// When the first one started; nil without captures.
  public private(set) var first: Timestamp?
  /// When the last one started; nil without captures.
  public private(set) var last: Timestamp?
  /// The captures by kind and clock.
  public private(set) var groups: [Group] = []
  /// The labels that were looked at, and whose values captures have.
  public private(set) var labels: [Label] = []
  /// How many functions the captures name.
  public private(set) var functions = 0

  /// Looks at all captures, pruned ones included where their sums are kept.
  ///
  /// - Parameters:
  ///   - store: A store, or dumps in memory.
  ///   - keys: The labels to look at.
  ///   - showsAll: Whether all their values are shown, not only the most frequent.
  /// - Throws: The store's error.
  public init(of store: any ProfileStore, keys: [String], showsAll: Bool) async throws {
    self = try await store.read { view in
      var content = CaptureContent()
      try await content.add(view, keys: keys, showsAll: showsAll)
      return content
    }
  }

  private init() {}

  private mutating func add(_ view: any StoreView, keys: [String], showsAll: Bool) async throws {
    let survey = try await view.survey(.all, longestExpected: nil)
    (captures, first, last) = (survey.captures, survey.first, survey.last)
    for kind in survey.kinds {
      for clock in survey.clocks {
        let selection = ProfileSelection(kind: kind, clock: clock)
        let captures = try await view.survey(selection, longestExpected: nil).captures
        if captures > 0 { groups.append(Group(kind: kind, clock: clock, captures: captures)) }
      }
    }
    functions = try await functionCount(view)
    for key in keys {
      let label = try await label(key, showsAll ? .max : Self.shownValues, view)
      if label.valueCount > 0 { labels.append(label) }
    }
  }

  private func functionCount(_ view: any StoreView) async throws -> Int {
    var functions: Set<FunctionID> = []
    for group in groups {
      let selection = ProfileSelection(kind: group.kind, clock: group.clock)
      try await view.forEachSum(SumRequest(selection, columns: .callCounts)) { sums in
        functions.formUnion(sums.figures.functions)
      }
    }
    return functions.count
  }

  private func label(_ key: String, _ limit: Int, _ view: any StoreView) async throws -> Label {
    var counts: [String?: Int] = [:]
    for group in groups {
      let selection = ProfileSelection(kind: group.kind, clock: group.clock)
      try await view.forEachSum(SumRequest(selection, labelKey: key)) { sums in
        counts[sums.labelValue, default: 0] += sums.captures
      }
    }
    let sorted = counts.sorted { ($1.value, $0.key ?? "") < ($0.value, $1.key ?? "") }
    // A condition on an empty value holds for captures without the label, too.
    let isEmptyAmbiguous = counts[nil] != nil && counts[""] != nil
    var values: [Value] = []
    for (value, count) in sorted.prefix(limit) {
      var row = Value(value: value, captures: count)
      if !isEmptyAmbiguous || !(value ?? "").isEmpty {
        let filter = CaptureFilter([.label(key: key, .equals(value ?? ""))])
        let survey = try await view.survey(ProfileSelection(filter: filter), longestExpected: nil)
        (row.first, row.last) = (survey.first, survey.last)
      }
      values.append(row)
    }
    return Label(key: key, valueCount: counts.keys.count { $0 != nil }, values: values)
  }
}
