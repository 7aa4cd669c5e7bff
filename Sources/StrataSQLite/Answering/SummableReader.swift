// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery
import StrataStoreFormat

/// Reads captures and roll-ups with their edges, to be added up.
struct SummableReader {
  let snapshot: SQLiteSnapshot
  private var decoder = SummableDecoder()
  /// The last one that was read.
  var profile: SummableProfile { decoder.profile }

  init(_ snapshot: SQLiteSnapshot) {
    self.snapshot = snapshot
  }

  /// Calls `body` with each capture of a cover's piece, or with its roll-up.
  mutating func forEachProfile(
    _ piece: Cover.Piece,
    of stream: CaptureStream,
    body: (SummableProfile, PieceHeader) throws -> Void
  ) throws {
    if case .rollup(let row) = piece {
      return try snapshot.withSum(of: row, blobs: StoredFigures.Blob.allCases) {
        try read($0, $1)
        try body(profile, PieceHeader(row, SumFigures.read(of: row, snapshot)))
      }
    }
    let blobs = StoredFigures.Blob.allCases
    try snapshot.forEachCapture(piece, of: stream, blobs: blobs) { row, capture in
      try read(row, capture.place)
      try body(profile, PieceHeader(capture))
    }
  }

  /// Reads a row with all its blobs.
  private mutating func read(_ row: StoredRow, _ place: StoredFigures) throws {
    // Taken out: closures that change this value itself would copy the snapshot for each blob.
    var decoder = SummableDecoder()
    swap(&decoder, &self.decoder)
    defer { swap(&decoder, &self.decoder) }
    decoder.begin(try snapshot.shape(row, place), place.unit)
    try snapshot.withBlob(row, place, .selfTimes) { bytes throws(BlobError) in
      try decoder.readSelfTimes(bytes)
    }
    try snapshot.withBlob(row, place, .figures) { bytes throws(BlobError) in
      try decoder.readFigures(bytes)
    }
    // The table of edges has no row then; `readFigures` has ended the profile.
    guard place.edgeCount != 0 else { return }
    try snapshot.withBlob(row, place, .edgeFigures) { bytes throws(BlobError) in
      try decoder.readEdges(bytes)
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
      for stream in try streams(of: selection) {
        // One sum has no slices that a roll-up could cut: the widest will do.
        let level: RollupLevel? = resolution == .any ? .day : nil
        for piece in try Cover(stream, upTo: level, self).pieces {
          try reader.forEachProfile(piece, of: stream) { profile, _ in sums.add(profile) }
        }
      }
      // Names come last, once for each function of the sum and not for each capture.
      return try sums.totals { try edgeEnds($0).caller }.profile(naming: function)
    }
  }
}

#endif
