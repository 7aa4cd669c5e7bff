// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataStoreFormat
import StrataQuery

/// A row that has figures in blobs: a capture, or the sum of a roll-up.
struct StoredFigures {
  /// Where such rows are.
  enum Table: String {
    case capture
    case sum
  }

  /// The blobs of a row.
  enum Blob: Int, CaseIterable {
    case functions
    case selfTimes
    case figures
    case edges
    case edgeFigures

    /// Whether the blob is in the table of edges: no row there where a capture has none.
    var isOfEdges: Bool { self == .edges || self == .edgeFigures }

    /// The column of a table that has the blob, as SQL.
    func column(of table: Table) -> String {
      switch self {
      case .functions: table.rawValue + ".functions"
      case .selfTimes: table.rawValue + ".selfTimes"
      case .figures: table.rawValue + ".figures"
      case .edges: table.rawValue + "Edges.edges"
      case .edgeFigures: table.rawValue + "Edges.figures"
      }
    }
  }

  var table: Table
  var id: Int64
  var functionCount: Int
  var edgeCount: Int
  var unit: TimeUnit
  /// The shape; nil where functions and edges are kept with the figures.
  var shape: Int64?

  init(_ header: HeaderRow) {
    table = .capture
    id = header.id
    functionCount = header.functionCount
    edgeCount = header.edgeCount
    unit = header.unit
    shape = header.shape
  }

  init(sum id: Int64, functionCount: Int, edgeCount: Int) {
    table = .sum
    self.id = id
    self.functionCount = functionCount
    self.edgeCount = edgeCount
    // A sum may hold captures of any unit, whose ticks cannot be added as they are.
    unit = .nanoseconds
  }

  init(id: Int64, functionCount: Int, edgeCount: Int, unit: TimeUnit, shape: Int64?) {
    table = .capture
    self.id = id
    self.functionCount = functionCount
    self.edgeCount = edgeCount
    self.unit = unit
    self.shape = shape
  }

  /// The place of a blob of this row, which its checksum covers.
  func place(of blob: Blob) -> BlobPlace {
    let column: BlobPlace.Column =
      switch (table, blob) {
      case (.capture, .functions): .captureFunctions
      case (.capture, .selfTimes): .captureSelfTimes
      case (.capture, .figures): .captureFigures
      case (.capture, .edges): .captureEdges
      case (.capture, .edgeFigures): .captureEdgeFigures
      case (.sum, .functions): .sumFunctions
      case (.sum, .selfTimes): .sumSelfTimes
      case (.sum, .figures): .sumFigures
      case (.sum, .edges): .sumEdges
      case (.sum, .edgeFigures): .sumEdgeFigures
      }
    return BlobPlace(column: column, row: id)
  }

  func damage(_ column: String, _ found: String, path: String) -> StoreError {
    StoreError(
      damaged: found,
      path: path,
      location: StoreError.Location(table: table.rawValue, row: id, column: column)
    )
  }
}

#endif
