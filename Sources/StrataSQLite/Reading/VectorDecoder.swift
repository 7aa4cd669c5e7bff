// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataQuery

/// Decodes the columns that a scan asked for, in memory that is used again for each profile.
struct VectorDecoder {
  /// The blobs that the columns are in, in the order of a query's result.
  let blobs: [String]
  private let columns: ProfileColumns
  private let snapshot: SQLiteSnapshot
  private var ids: [Int32] = []
  private var ticks = FigureTicks()
  private var spare: ProfileVectors?

  init(columns: ProfileColumns, _ snapshot: SQLiteSnapshot) {
    (self.columns, self.snapshot) = (columns, snapshot)
    blobs = columns.isEmpty ? [] : ["functions"] + columns.blobs
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

  /// Fills vectors from the blobs of a profile, which `withBlob` gives by their name.
  mutating func decode(
    _ header: HeaderRow,
    into vectors: inout ProfileVectors,
    _ withBlob: (String, (Span<UInt8>) throws(BlobError) -> Void) throws -> Void
  ) throws {
    if let shape = header.shape {
      vectors.figures.functions = try snapshot.shapes.functions(shape, snapshot)
      try snapshot.check(vectors.figures.functions.count, header, shape)
    } else {
      try withBlob("functions") { bytes throws(BlobError) in
        let known = snapshot.functionCount
        try Shape.decodeFunctions(bytes, count: header.functionCount, known: known, into: &ids)
      }
      vectors.figures.functions.resize(to: ids.count, filling: FunctionID(0))
      var functions = vectors.figures.functions.mutableSpan
      for row in functions.indices { functions[row] = FunctionID(ids[row]) }
    }
    let (count, unit) = (header.functionCount, header.unit)
    if columns.needsSelfTimes {
      try withBlob("selfTimes") { bytes throws(BlobError) in
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
      try withBlob("figures") { bytes throws(BlobError) in
        try ticks.decodeFigures(columns, bytes, unit, count: count)
      }
    }
    fill(&vectors)
  }

  private mutating func fill(_ vectors: inout ProfileVectors) {
    if columns.contains(.selfTimes) { swap(&vectors.figures.selfTimes, &ticks.selfTimes) }
    if columns.contains(.cumulativeTimes) {
      swap(&vectors.figures.cumulativeTimes, &ticks.calleeTimes)
    }
    if columns.contains(.primitiveCallCounts) {
      swap(&vectors.figures.primitiveCallCounts, &ticks.recursiveCallCounts)
    }
    if columns.contains(.callCounts) { swap(&vectors.figures.callCounts, &ticks.callCounts) }
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
