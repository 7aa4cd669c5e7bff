// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery
import StrataStoreFormat

/// Decodes the columns that a question asked for, in memory that is used again for each row.
struct FigureDecoder {
  /// The blobs that the columns are in.
  let blobs: [StoredFigures.Blob]
  private let columns: ProfileColumns
  private let figures: FunctionDecoder.Figures
  private let snapshot: SQLiteSnapshot
  private var ids: [Int32] = []
  private var decoder: FunctionDecoder

  init(_ columns: ProfileColumns, _ snapshot: SQLiteSnapshot) {
    (self.columns, self.snapshot) = (columns, snapshot)
    figures = columns.figures
    decoder = FunctionDecoder(figures)
    // No columns, no functions either: a question about durations reads headers alone.
    blobs =
      columns.isEmpty
      ? []
      : [.functions] + (figures.needSelfTimeBlob ? [.selfTimes] : [])
        + (figures.needFigureBlob ? [.figures] : [])
  }

  /// Fills vectors from the blobs of a row.
  mutating func decode(
    _ row: StoredRow,
    _ place: StoredFigures,
    into vectors: inout FigureVectors
  ) throws {
    guard !columns.isEmpty else { return }
    try decodeFunctions(row, place, into: &vectors.functions)
    let (count, unit) = (place.functionCount, place.unit)
    if figures.needSelfTimeBlob {
      try snapshot.withBlob(row, place, .selfTimes) { bytes throws(BlobError) in
        try decoder.readSelfTimes(bytes, unit, count: count)
      }
    }
    // Second, since cumulative times are stored as what they are above the self times.
    if figures.needFigureBlob {
      try snapshot.withBlob(row, place, .figures) { bytes throws(BlobError) in
        try decoder.readFigures(bytes, unit, count: count)
      }
    }
    fill(&vectors)
  }

  private mutating func decodeFunctions(
    _ row: StoredRow,
    _ place: StoredFigures,
    into functions: inout [FunctionID]
  ) throws {
    if let shape = place.shape {
      // Shared with the cache, not copied: captures of a known shape cost nothing here.
      functions = try snapshot.shapes.functions(shape, snapshot)
      return try snapshot.check(functions.count, place, shape)
    }
    try snapshot.withBlob(row, place, .functions) { bytes throws(BlobError) in
      let known = snapshot.functionCount
      try Shape.decodeFunctions(bytes, count: place.functionCount, known: known, into: &ids)
    }
    // The array may be the cache's, from the capture before: it is copied then, not changed.
    functions.resize(to: ids.count, filling: FunctionID(0))
    var target = functions.mutableSpan
    for row in target.indices { target[row] = FunctionID(ids[row]) }
  }

  /// Hands the columns over, and takes memory for the next row in exchange.
  private mutating func fill(_ vectors: inout FigureVectors) {
    if columns.contains(.selfTimes) {
      swap(&vectors.selfNanoseconds, &decoder.columns.selfNanoseconds)
    }
    if columns.contains(.cumulativeTimes) {
      swap(&vectors.cumulativeNanoseconds, &decoder.columns.cumulativeNanoseconds)
    }
    if columns.contains(.primitiveCallCounts) {
      swap(&vectors.primitiveCallCounts, &decoder.columns.primitiveCallCounts)
    }
    if columns.contains(.callCounts) { swap(&vectors.callCounts, &decoder.columns.callCounts) }
  }
}

extension ProfileColumns {
  /// The same figures, as the decoder knows them.
  fileprivate var figures: FunctionDecoder.Figures {
    let figures: [(ProfileColumns, FunctionDecoder.Figures)] = [
      (.selfTimes, .selfTimes), (.cumulativeTimes, .cumulativeTimes),
      (.callCounts, .callCounts), (.primitiveCallCounts, .primitiveCallCounts),
    ]
    return figures.reduce([]) { contains($1.0) ? $0.union($1.1) : $0 }
  }
}

#endif
