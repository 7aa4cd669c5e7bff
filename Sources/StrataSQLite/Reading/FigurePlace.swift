// SPDX-License-Identifier: Apache-2.0

#if Tools

/// A row that has figures in blobs: a profile, or the sum of a roll-up.
struct FigurePlace {
  var table: String
  var id: Int64
  var functionCount: Int
  var edgeCount: Int
  var unit: TimeUnit
  /// The shape; nil where the functions and edges stand with the figures.
  var shape: Int64?

  init(_ header: HeaderRow) {
    table = "profile"
    id = header.id
    functionCount = header.functionCount
    edgeCount = header.edgeCount
    unit = header.unit
    shape = header.shape
  }

  init(sum id: Int64, functionCount: Int, edgeCount: Int) {
    table = "sum"
    self.id = id
    self.functionCount = functionCount
    self.edgeCount = edgeCount
    unit = .nanoseconds
  }

  init(id: Int64, functionCount: Int, edgeCount: Int, unit: TimeUnit, shape: Int64?) {
    table = "profile"
    self.id = id
    self.functionCount = functionCount
    self.edgeCount = edgeCount
    self.unit = unit
    self.shape = shape
  }

  /// The blobs of a table's rows: functions, self times, figures, and of their edges, which are
  /// joined, ids and figures.
  static func blobs(of table: String) -> [String] {
    ["functions", "selfTimes", "figures"].map { "\(table).\($0)" }
      + ["edges", "figures"].map { "\(table)Edges.\($0)" }
  }

  static func joinOfEdges(of table: String) -> String {
    "LEFT JOIN \(table)Edges ON \(table)Edges.\(table) = \(table).id"
  }

  func damage(_ column: String, _ found: String, path: String) -> StoreError {
    StoreError(
      damaged: found,
      path: path,
      location: StoreError.Location(table: table, row: id, column: column)
    )
  }
}

#endif
