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

    /// Starts anew when there is too much: what is asked for now comes again at once.
    mutating func makeRoom(for count: Int) {
      if size + count > ShapeCache.budget { self = State() }
      size += count
    }
  }

  private let state = Mutex(State())

  /// The functions of a shape.
  ///
  /// - Throws: ``StoreError`` for a shape that is not there or not what was written.
  func functions(_ id: Int64, _ snapshot: SQLiteSnapshot) throws -> [FunctionID] {
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
      state.makeRoom(for: 3 * shape.functions.count + shape.edges.count)
      state.edges[id] = shape
    }
    return shape
  }
}

extension SQLiteSnapshot {
  /// The functions and edges of a row whose first blob is its column `firstIndex`: those of its
  /// shape, or those that stand with its figures.
  func shape(_ row: StoredRow, _ firstIndex: Int, _ place: StoredFigures) throws -> Shape {
    guard let id = place.shape else { return try ownShape(row, firstIndex, place) }
    let shape = try shapes.shape(id, self)
    try check(shape.functions.count, place, id)
    guard shape.edges.count == place.edgeCount else {
      let found = "\(place.edgeCount) edges where shape \(id) has \(shape.edges.count)"
      throw place.damage("edgeCount", found, path: path)
    }
    return shape
  }

  private func ownShape(_ row: StoredRow, _ firstIndex: Int, _ place: StoredFigures) throws -> Shape
  {
    var shape = Shape()
    try withBlob(row, firstIndex, place, .functions) { bytes throws(BlobError) in
      let count = place.functionCount
      try Shape.decodeFunctions(bytes, count: count, known: functionCount, into: &shape.functions)
    }
    shape.edgeCounts = Array(repeating: 0, count: shape.functions.count)
    guard place.edgeCount != 0 else { return shape }
    try withBlob(row, firstIndex + 3, place, .edges) { bytes throws(BlobError) in
      try shape.decodeEdges(bytes, count: place.edgeCount, known: edgeCount)
    }
    return shape
  }

  fileprivate func readShape(_ id: Int64, edges: Bool) throws -> Shape {
    let columns = "functionCount, edgeCount, functions" + (edges ? ", edges" : "")
    let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM shape WHERE id = ?")
    guard let shape = try statement.withStoredRow([id], body: { try shape($0, id, edges: edges) })
    else {
      throw StoreError(
        damaged: "no shape of this number",
        path: path,
        location: StoreError.Location(table: "shape", row: id, column: "id")
      )
    }
    return shape
  }

  private func shape(_ row: StoredRow, _ id: Int64, edges: Bool) throws -> Shape {
    let functionCount = try row.row.decode(Int.self, atIndex: 0)
    let edgeCount = try row.row.decode(Int.self, atIndex: 1)
    var shape = Shape()
    try withBlob(row, 2, BlobPlace(column: .shapeFunctions, row: id)) { bytes throws(BlobError) in
      try Shape.decodeFunctions(
        bytes,
        count: functionCount,
        known: self.functionCount,
        into: &shape.functions
      )
    }
    guard edges else { return shape }
    try withBlob(row, 3, BlobPlace(column: .shapeEdges, row: id)) { bytes throws(BlobError) in
      try shape.decodeEdges(bytes, count: edgeCount, known: self.edgeCount)
    }
    return shape
  }
}

#endif
