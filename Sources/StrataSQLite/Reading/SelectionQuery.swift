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
    require("kind = ?", selection.kind?.rawValue)
    require("clock = ?", selection.clock?.rawValue)
    guard !selection.labels.conditions.isEmpty else { return }
    let matching = try labelSets.filter { try selection.labels.matches($0.value) }.keys.sorted()
    isEmpty = matching.isEmpty
    guard matching.count < labelSets.count else { return }
    let list = matching.map(String.init).joined(separator: ",")
    require("labelSet IN (SELECT value FROM json_each(?))", "[\(list)]")
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
