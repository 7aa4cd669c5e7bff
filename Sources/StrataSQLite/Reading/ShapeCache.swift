// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for the span of Data, GRDB's blob.
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import GRDB
import StrataQuery
import StrataStoreFormat
import Synchronization

/// Shapes that this process has read.
///
/// A shape never changes, so all snapshots share them.
final class ShapeCache: Sendable {
  /// How many functions and edges are kept at most, four bytes each.
  private static let budget = 1 << 20

  private struct State {
    var functions: [Int64: [FunctionID]] = [:]
    var edges: [Int64: Shape] = [:]
    var size = 0

    /// Starts over when there is too much: what is asked for now comes again at once.
    mutating func makeRoom(for count: Int) {
      if size + count > ShapeCache.budget { self = State() }
      size += count
    }
  }

  private let state = Mutex(State())

  /// The functions of a shape.
  ///
  /// - Throws: `StoreError` for a shape that is not there or not what was written.
  func functions(_ id: Int64, _ snapshot: SQLiteSnapshot) throws -> [FunctionID] {
    // Read outside of the lock, unlike names: a shape is large, and others are not to wait for it.
    // Two readers may both read one, which is counted twice and costs a little of the budget.
    if let known = state.withLock({ $0.functions[id] }) { return known }
    let functions = try snapshot.readShape(id, edges: false).functions.map { FunctionID($0) }
    state.withLock { state in
      state.makeRoom(for: functions.count)
      state.functions[id] = functions
    }
    return functions
  }

  /// A shape with its edges.
  func shape(_ id: Int64, _ snapshot: SQLiteSnapshot) throws -> Shape {
    if let known = state.withLock({ $0.edges[id] }) { return known }
    let shape = try snapshot.readShape(id, edges: true)
    state.withLock { state in
      // A function is a number of four bytes and a count of eight, an edge a number of four.
      state.makeRoom(for: 3 * shape.functions.count + shape.edges.count)
      state.edges[id] = shape
    }
    return shape
  }
}

/// The columns of table `shape`.
private enum ShapeColumn: String, ResultColumn {
  case functionCount, edgeCount, functions, edges

  static let list = names(in: "shape")
}

extension SQLiteSnapshot {
  /// The functions and edges of a row: those of its shape, or those that are stored with its figures.
  func shape(_ row: StoredRow, _ place: StoredFigures) throws -> Shape {
    guard let id = place.shape else { return try ownShape(row, place) }
    let shape = try shapes.shape(id, self)
    try check(shape.functions.count, place, id)
    guard shape.edges.count == place.edgeCount else {
      let found = "\(place.edgeCount) edges where shape \(id) has \(shape.edges.count)"
      throw place.damage("edgeCount", found, path: path)
    }
    return shape
  }

  private func ownShape(_ row: StoredRow, _ place: StoredFigures) throws -> Shape {
    var shape = Shape()
    try withBlob(row, place, .functions) { bytes throws(BlobError) in
      let count = place.functionCount
      try Shape.decodeFunctions(bytes, count: count, known: functionCount, into: &shape.functions)
    }
    shape.edgeCounts = Array(repeating: 0, count: shape.functions.count)
    guard place.edgeCount != 0 else { return shape }
    try withBlob(row, place, .edges) { bytes throws(BlobError) in
      try shape.decodeEdges(bytes, count: place.edgeCount, known: edgeCount)
    }
    return shape
  }

  fileprivate func readShape(_ id: Int64, edges: Bool) throws -> Shape {
    // The edges come last: without them, SQLite does not read the pages that they are on.
    let columns = ShapeColumn.list.dropLast(edges ? 0 : 1).joined(separator: ", ")
    let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM shape WHERE id = ?")
    guard let shape = try statement.withStoredRow([id], body: { try shape($0, id, edges: edges) })
    else {
      throw StoreError(
        damaged: "no shape with this number",
        path: path,
        location: StoreError.Location(table: "shape", row: id, column: "id")
      )
    }
    return shape
  }

  private func shape(_ row: StoredRow, _ id: Int64, edges: Bool) throws -> Shape {
    let functionCount = try row.decode(Int.self, ShapeColumn.functionCount)
    let edgeCount = try row.decode(Int.self, ShapeColumn.edgeCount)
    var shape = Shape()
    let functions = BlobPlace(column: .shapeFunctions, row: id)
    try withBlob(row, ShapeColumn.functions, functions) { bytes throws(BlobError) in
      try Shape.decodeFunctions(
        bytes,
        count: functionCount,
        known: self.functionCount,
        into: &shape.functions
      )
    }
    guard edges else { return shape }
    let place = BlobPlace(column: .shapeEdges, row: id)
    try withBlob(row, ShapeColumn.edges, place) { bytes throws(BlobError) in
      try shape.decodeEdges(bytes, count: edgeCount, known: self.edgeCount)
    }
    return shape
  }
}

#endif
