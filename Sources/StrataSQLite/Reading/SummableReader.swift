// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery

/// Reads captures and roll-ups with their edges, to be added up.
struct SummableReader {
  let snapshot: SQLiteSnapshot
  /// The last one that was read; its memory is used again.
  private(set) var profile = SummableProfile()

  init(_ snapshot: SQLiteSnapshot) {
    self.snapshot = snapshot
  }

  /// Calls `body` with each capture of a cover's piece, or with its roll-up.
  mutating func forEachProfile(
    _ piece: Cover.Piece,
    of strand: CaptureStream,
    body: (SummableProfile, PieceHeader) throws -> Void
  ) throws {
    if case .rollup(let row) = piece {
      let columns = StoredFigures.blobs(of: .sum)
      return try snapshot.withSum(
        of: row,
        columns: columns,
        joining: StoredFigures.joinOfEdges(of: .sum)
      ) {
        try read($0, $1, $2)
        try body(profile, PieceHeader(row))
      }
    }
    try snapshot.forEachCapture(
      piece,
      of: strand,
      columns: StoredFigures.blobs(of: .capture),
      joining: StoredFigures.joinOfEdges(of: .capture)
    ) { row, capture in
      try read(row, CaptureQuery.headerCount, capture.place)
      try body(profile, PieceHeader(capture))
    }
  }

  /// Reads a row, the first blob of which is its column `firstIndex`.
  mutating func read(_ row: StoredRow, _ firstIndex: Int, _ place: StoredFigures) throws {
    let (count, unit) = (place.functionCount, place.unit)
    profile.shape = try snapshot.shape(row, firstIndex, place)
    // Taken out, so that decoding changes it where it stands.
    var profile = SummableProfile()
    swap(&profile, &self.profile)
    defer { swap(&profile, &self.profile) }
    try snapshot.withBlob(row, firstIndex + 1, place, .selfTimes) { bytes throws(BlobError) in
      _ = try FigureTicks.decodeSelfTimes(
        bytes,
        unit,
        count: count,
        into: &profile.functions.selfTimes
      )
    }
    try snapshot.withBlob(row, firstIndex + 2, place, .figures) { bytes throws(BlobError) in
      let slots = try FigureSlots(bytes)
      try profile.functions.decodeFigures(bytes, slots, unit, count: count)
      if place.edgeCount == 0 {
        try profile.functions.convertToNanoseconds(unit, slots.calleeTimes)
      }
    }
    guard place.edgeCount != 0 else {
      profile.edges = EdgeColumns(edgeCounts: profile.shape.edgeCounts)
      return
    }
    profile.edges.edgeCounts = profile.shape.edgeCounts
    try snapshot.withBlob(row, firstIndex + 4, place, .edgeFigures) {
      bytes throws(BlobError) in
      let slots = try EdgeSlots(bytes)
      try profile.edges.decode(bytes, slots, unit, functions: profile.functions)
      try profile.functions.convertToNanoseconds(unit, slots.figures.calleeTimes)
      try profile.edges.figures.convertToNanoseconds(unit, slots.figures.calleeTimes)
    }
  }
}

extension SQLiteSnapshot {
  func total(
    _ selection: ProfileSelection,
    resolution: SumRequest.Resolution
  ) throws -> StatsProfile {
    try StoreError.translating(path: path) {
      var reader = SummableReader(self)
      var sums = ProfileSums(functionCount: functionCount, edgeCount: edgeCount)
      for strand in try strands(of: selection) {
        let level: RollupLevel? = resolution == .any ? .day : nil
        for piece in try Cover(strand, upTo: level, self).pieces {
          try reader.forEachProfile(piece, of: strand) { profile, _ in sums.add(profile) }
        }
      }
      return try sums.totals { try edgeEnds($0).caller }.profile(naming: function)
    }
  }
}

#endif
