// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataQuery

/// Decodes the columns that a scan asked for, in memory that is used again for each profile.
struct VectorDecoder {
  private let columns: ProfileColumns
  private let functionCount: Int32
  private var ids: [Int32] = []
  private var spare: ProfileVectors?

  init(columns: ProfileColumns, functionCount: Int32) {
    self.columns = columns
    self.functionCount = functionCount
  }

  /// Vectors to fill, those of the profile before if they were given back.
  mutating func take(for header: CaptureHeader) -> ProfileVectors {
    guard var vectors = spare.take() else { return ProfileVectors(header: header) }
    vectors.header = header
    return vectors
  }

  /// Takes the memory back; where the scan's body kept an array, the next write copies it.
  mutating func giveBack(_ vectors: inout ProfileVectors) {
    spare = vectors
    vectors = ProfileVectors(header: vectors.header)
  }

  mutating func decode(
    _ bytes: Span<UInt8>,
    rows: Int,
    into vectors: inout ProfileVectors
  ) throws(BlobError) {
    let blob = try ColumnarBlob(bytes, .functions, limit: functionCount)
    try blob.checkCount(rows)
    try blob.decodeIDs(bytes, known: functionCount, into: &ids)
    vectors.figures.functions.resize(to: ids.count, filling: FunctionID(0))
    var functions = vectors.figures.functions.mutableSpan
    for row in functions.indices { functions[row] = FunctionID(ids[row]) }
    if !columns.isDisjoint(with: [.callCounts, .primitiveCallCounts]) {
      try blob.decodeCallCounts(bytes, into: &vectors.figures.callCounts)
    }
    if columns.contains(.primitiveCallCounts) {
      try blob.decodePrimitiveCallCounts(
        bytes,
        callCounts: vectors.figures.callCounts,
        into: &vectors.figures.primitiveCallCounts
      )
      if !columns.contains(.callCounts) {
        vectors.figures.callCounts.removeAll(keepingCapacity: true)
      }
    }
    if columns.contains(.selfTimes) {
      try blob.decodeSelfTimes(bytes, into: &vectors.figures.selfTimes)
    }
    if columns.contains(.cumulativeTimes) {
      try blob.decodeCumulativeTimes(bytes, into: &vectors.figures.cumulativeTimes)
    }
  }
}

extension ColumnarBlob {
  /// Fails unless the blob has as many rows as its table says.
  func checkCount(_ rows: Int) throws(BlobError) {
    guard rows == count else {
      throw BlobError(offset: 2, expected: "\(rows) rows", found: "\(count)")
    }
  }
}

#endif
