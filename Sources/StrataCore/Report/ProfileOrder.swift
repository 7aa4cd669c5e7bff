// SPDX-License-Identifier: Apache-2.0

/// The order of the functions in a report.
public struct ProfileOrder: Hashable, Sendable {
  /// The keys, the most important first; without any, the order is that of the dump.
  public var keys: [SortKey]
  /// Whether the whole order is reversed, ties included; an unsorted profile is unchanged.
  public var isReversed: Bool

  /// Creates an order.
  public init(_ keys: [SortKey] = [], isReversed: Bool = false) {
    self.keys = keys
    self.isReversed = isReversed
  }

  /// The rows of a profile in this order.
  ///
  /// Functions that no key tells apart stay in the order of the dump. Texts are ordered by code
  /// point. A time that is no number comes after all others, whatever the direction of its key.
  /// (In pstats, where it counts as equal to every number, the result is an accident.)
  ///
  /// - Complexity: O(*n* log *n*) in the number of functions.
  package func rows(of profile: StatsProfile) -> [Int] {
    let rows = Array(profile.rows.indices)
    guard !keys.isEmpty else { return rows }
    let columns = keys.flatMap { SortColumn.columns(of: $0, in: profile) }
    let sorted = rows.sorted { left, right in
      for column in columns {
        if let isBefore = column.isBefore(left, right) { return isBefore }
      }
      return left < right
    }
    return isReversed ? sorted.reversed() : sorted
  }
}

/// A figure or text of every row, made ready for comparisons.
private enum SortColumn {
  case counts([CallCount])
  case times([Double])
  case lines([Int])
  case texts([ByteString])

  static func columns(of key: SortKey, in profile: StatsProfile) -> [SortColumn] {
    let functions =
      [.file, .line, .name, .standardName].contains(key)
      ? profile.functionTable.functions : []
    func function(_ row: StatsProfile.Row) -> Function { functions[Int(row.function)] }
    let rows = profile.rows
    return switch key {
    case .callCount: [.counts(rows.map { profile.wideCounts[$0.figures.callCount] })]
    case .primitiveCallCount:
      [.counts(rows.map { profile.wideCounts[$0.figures.primitiveCallCount] })]
    case .selfTime: [.times(rows.map(\.figures.selfTime))]
    case .cumulativeTime: [.times(rows.map(\.figures.cumulativeTime))]
    case .file: [.texts(rows.map { function($0).file })]
    case .line: [.lines(rows.map { function($0).line })]
    case .name: [.texts(rows.map { function($0).name })]
    case .nameFileLine:
      columns(of: .name, in: profile) + columns(of: .file, in: profile)
        + columns(of: .line, in: profile)
    case .standardName: [.texts(rows.map { function($0).standardName })]
    }
  }

  /// Whether the left row comes first; nil where the column does not decide.
  func isBefore(_ left: Int, _ right: Int) -> Bool? {
    switch self {
    case .counts(let values): Self.isBefore(values[right], values[left])
    case .lines(let values): Self.isBefore(values[left], values[right])
    case .texts(let values): Self.isBefore(values[left], values[right])
    case .times(let values):
      values[left].isNaN || values[right].isNaN
        ? Self.isBefore(values[left].isNaN ? 1 : 0, values[right].isNaN ? 1 : 0)
        : Self.isBefore(values[right], values[left])
    }
  }

  private static func isBefore<Value: Comparable>(_ left: Value, _ right: Value) -> Bool? {
    left == right ? nil : left < right
  }
}
