// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery

/// A selection of profiles as SQL.
///
/// Labels are judged once per set of labels, not once per profile; SQL then asks for the sets.
struct SelectionQuery {
  private(set) var arguments: StatementArguments = []
  /// Whether nothing can match.
  private(set) var isEmpty = false
  private var conditions: [String] = []

  init(_ selection: ProfileSelection, labelSets: [Int32: Labels]) throws {
    require("start >= ?", selection.since?.nanoseconds)
    require("start < ?", selection.until?.nanoseconds)
    let (kinds, clocks) = (selection.filter.kinds, selection.filter.clocks)
    requireOne(of: kinds, of: ProfileKind.allCases, "kind")
    requireOne(of: clocks, of: ProfileClock.allCases, "clock")
    isEmpty = kinds.isEmpty || clocks.isEmpty
    guard selection.filter.hasLabelConditions else { return }
    let matching = try labelSets.filter { try selection.filter.matches(labels: $0.value) }.keys
      .sorted()
    isEmpty = isEmpty || matching.isEmpty
    // All of them is no condition: a set for each row would have to be looked up for nothing.
    guard matching.count < labelSets.count else { return }
    // One argument for any number of sets: SQLite limits how many a statement may have.
    let list = matching.map(String.init).joined(separator: ",")
    require("labelSet IN (SELECT value FROM json_each(?))", "[\(list)]")
  }

  /// Requires one of some values, unless these are all there are.
  private mutating func requireOne<Value: RawRepresentable<String>>(
    of values: [Value],
    of all: [Value],
    _ column: String
  ) {
    guard values.count < all.count else { return }
    let marks = values.map { _ in "?" }.joined(separator: ", ")
    conditions.append("capture.\(column) IN (\(marks))")
    for value in values { arguments += [value.rawValue] }
  }

  private mutating func require(_ condition: String, _ value: (some DatabaseValueConvertible)?) {
    guard let value else { return }
    conditions.append("capture.\(condition)")
    arguments += [value]
  }

  /// The index gives the order, and SQLite must not sort blobs instead.
  func sql(_ columns: ResultColumns) -> String {
    let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
    return """
      SELECT \(columns.sql)
      FROM capture INDEXED BY captureStart \(columns.join)
      \(filter)
      ORDER BY capture.start, capture.id
      """
  }
}

#endif
