// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import StrataStoreFormat

/// What distinguishes shapes: 16 bytes of a hash for which collisions cannot be found.
struct ShapeDigest: Hashable {
  var bytes: [UInt8]

  /// What profiles without a shape are found by.
  var prefix: Int64 { Int64(bitPattern: loadWord(bytes.span, at: 0)) }
}

/// A shape by the numbers of its functions, before its edges have numbers.
///
/// Most profiles have a shape that is known, and then need no numbers of edges at all.
struct ShapeIDs {
  var functions: [Int32]
  /// The start of each edge; those to one function side by side, in the order of the functions.
  var callers: [Int32]
  var edgeCounts: [Int64]

  var digest: ShapeDigest {
    var words: [Int32] = []
    words.reserveCapacity(1 + 2 * functions.count + callers.count)
    words.append(Int32(truncatingIfNeeded: functions.count))
    words += functions
    words += edgeCounts.lazy.map { Int32(truncatingIfNeeded: $0) }
    words += callers
    var hash = Blake2b(digestSize: 16)
    // SAFETY: the bytes of whole numbers, which the closure copies.
    hash.update(unsafe words.withUnsafeBytes { unsafe Array($0) })
    return ShapeDigest(bytes: hash.finalize())
  }
}

extension RecordWriter {
  /// The shape of a profile, nil if it should be written with the profile.
  ///
  /// A shape is worth a row of its own when it comes the second time: what never repeats, such as
  /// captures of a whole test run, leaves none behind.
  mutating func shapeID(_ ids: ShapeIDs, _ digest: ShapeDigest) throws -> Int64? {
    if let id = cache.shapes[digest], try shapeExists(id) { return id }
    let key = Data(digest.bytes)
    let known = try db.cachedStatement(sql: "SELECT id FROM shape WHERE digest = ?")
    if let id = try Int64.fetchOne(known, arguments: [key]) {
      cache.shapes.learn(digest, id)
      return id
    }
    let first = try db.cachedStatement(
      sql: "SELECT 1 FROM capture WHERE digest = ? AND shape IS NULL LIMIT 1"
    )
    guard try Int.fetchOne(first, arguments: [digest.prefix]) != nil else { return nil }
    let shape = try shape(ids)
    let id = try db.nextID(of: "shape")
    let insert = try db.cachedStatement(
      sql: """
        INSERT INTO shape (id, digest, functionCount, edgeCount, functions, edges)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    )
    try insert.execute(arguments: [
      id, key, shape.functions.count, shape.edges.count,
      bound(shape.functionBlob, .shapeFunctions, id), bound(shape.edgeBlob, .shapeEdges, id),
    ])
    cache.shapes.learn(digest, id)
    return id
  }

  /// Shapes that no profile has any more are pruned, by other processes too.
  private func shapeExists(_ id: Int64) throws -> Bool {
    let statement = try db.cachedStatement(sql: "SELECT 1 FROM shape WHERE id = ?")
    return try Int.fetchOne(statement, arguments: [id]) != nil
  }

  /// The shape with numbers for its edges; new ones are written.
  mutating func shape(_ ids: ShapeIDs) throws -> Shape {
    var edges: [Int32] = []
    edges.reserveCapacity(ids.callers.count)
    for (function, count) in zip(ids.functions, ids.edgeCounts) {
      for _ in 0..<count {
        edges.append(try edgeID(caller: ids.callers[edges.count], callee: function))
      }
    }
    return Shape(functions: ids.functions, edges: edges, edgeCounts: ids.edgeCounts)
  }
}

#endif
