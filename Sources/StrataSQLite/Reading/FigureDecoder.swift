// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery

/// Decodes the columns that a question asked for, in memory that is used again for each row.
struct FigureDecoder {
  /// The blobs that the columns are in, in the order of a query's result.
  let blobs: [String]
  private let columns: ProfileColumns
  private let snapshot: SQLiteSnapshot
  private var ids: [Int32] = []
  private var ticks = FigureTicks()

  init(_ columns: ProfileColumns, _ snapshot: SQLiteSnapshot) {
    (self.columns, self.snapshot) = (columns, snapshot)
    blobs = columns.isEmpty ? [] : ["functions"] + columns.blobs
  }

  /// Fills vectors from the blobs of a row, the first of which is its column `firstIndex`.
  mutating func decode(
    _ row: StoredRow,
    _ firstIndex: Int,
    _ place: StoredFigures,
    into figures: inout FigureVectors
  ) throws {
    guard !columns.isEmpty else { return }
    try decodeFunctions(row, firstIndex, place, into: &figures.functions)
    let (count, unit) = (place.functionCount, place.unit)
    if columns.needsSelfTimes {
      try snapshot.withBlob(row, firstIndex + 1, place, .selfTimes) { bytes throws(BlobError) in
        let slot = try FigureTicks.decodeSelfTimes(
          bytes,
          unit,
          count: count,
          into: &ticks.selfTimes
        )
        if !columns.needsFigures { try unit.convertToNanoseconds(&ticks.selfTimes, slot) }
      }
    }
    if columns.needsFigures {
      let index = firstIndex + (columns.needsSelfTimes ? 2 : 1)
      try snapshot.withBlob(row, index, place, .figures) { bytes throws(BlobError) in
        try ticks.decodeFigures(columns, bytes, unit, count: count)
      }
    }
    fill(&figures)
  }

  private mutating func decodeFunctions(
    _ row: StoredRow,
    _ index: Int,
    _ place: StoredFigures,
    into functions: inout [FunctionID]
  ) throws {
    if let shape = place.shape {
      functions = try snapshot.shapes.functions(shape, snapshot)
      return try snapshot.check(functions.count, place, shape)
    }
    try snapshot.withBlob(row, index, place, .functions) { bytes throws(BlobError) in
      let known = snapshot.functionCount
      try Shape.decodeFunctions(bytes, count: place.functionCount, known: known, into: &ids)
    }
    functions.resize(to: ids.count, filling: FunctionID(0))
    var target = functions.mutableSpan
    for row in target.indices { target[row] = FunctionID(ids[row]) }
  }

  private mutating func fill(_ figures: inout FigureVectors) {
    if columns.contains(.selfTimes) { swap(&figures.selfTimes, &ticks.selfTimes) }
    if columns.contains(.cumulativeTimes) { swap(&figures.cumulativeTimes, &ticks.calleeTimes) }
    if columns.contains(.primitiveCallCounts) {
      swap(&figures.primitiveCallCounts, &ticks.recursiveCallCounts)
    }
    if columns.contains(.callCounts) { swap(&figures.callCounts, &ticks.callCounts) }
  }
}

extension ProfileColumns {
  /// The blobs of a profile's figures that the columns are in.
  var blobs: [String] {
    (needsSelfTimes ? ["selfTimes"] : []) + (needsFigures ? ["figures"] : [])
  }

  var needsSelfTimes: Bool { !isDisjoint(with: [.selfTimes, .cumulativeTimes]) }

  var needsFigures: Bool {
    !isDisjoint(with: [.cumulativeTimes, .callCounts, .primitiveCallCounts])
  }
}

extension FigureTicks {
  /// Reads the columns beside the self times that are asked for, as they are asked for: in whole
  /// nanoseconds, cumulative times where times in callees stand, primitive calls for recursive ones.
  mutating func decodeFigures(
    _ columns: ProfileColumns,
    _ bytes: Span<UInt8>,
    _ unit: TimeUnit,
    count: Int
  ) throws(BlobError) {
    let slots = try FigureSlots(bytes)
    if columns.contains(.cumulativeTimes) {
      let slot = slots.calleeTimes
      try Self.decodeTimes(bytes, slot, unit, count: count, into: &calleeTimes)
      if unit != .seconds { Self.add(selfTimes, to: &calleeTimes) }
      try unit.convertToNanoseconds(&calleeTimes, slot)
    }
    if columns.contains(.selfTimes) { try unit.convertToNanoseconds(&selfTimes, slots.calleeTimes) }
    if !columns.isDisjoint(with: [.callCounts, .primitiveCallCounts]) {
      try Self.decodeCallCounts(bytes, slots.callCounts, count: count, into: &callCounts)
    }
    if columns.contains(.primitiveCallCounts) {
      let slot = slots.recursiveCallCounts
      try NumberColumn.decode(bytes, slot, count: count, into: &recursiveCallCounts)
      Self.subtract(&recursiveCallCounts, from: callCounts)
    }
  }

  private static func subtract(_ values: inout [Int64], from wholes: [Int64]) {
    var target = values.mutableSpan
    let wholes = wholes.span
    for row in target.indices { target[row] = wholes[row] &- target[row] }
  }

  private static func add(_ values: [Int64], to sums: inout [Int64]) {
    var target = sums.mutableSpan
    let values = values.span
    for row in target.indices { target[row] = target[row] &+ values[row] }
  }
}

#endif
