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

  /// The blobs of a table's rows and of those of their edges, which are joined.
  static func columns(of table: String) -> [String] {
    ["functions", "selfTimes", "figures"].map { "\(table).\($0)" }
      + ["edges", "figures"].map { "\(table)Edges.\($0)" }
  }

  static func join(of table: String) -> String {
    "LEFT JOIN \(table)Edges ON \(table)Edges.\(table) = \(table).id"
  }

  /// Calls `body` with each capture of a cover's piece, or with its roll-up.
  mutating func forEachProfile(
    _ piece: Cover.Piece,
    of strand: Strand,
    body: (SummableProfile, PieceHeader) throws -> Void
  ) throws {
    if case .rollup(let row) = piece {
      let columns = Self.columns(of: "sum")
      return try snapshot.withSum(of: row, columns: columns, joining: Self.join(of: "sum")) {
        try read($0, $1, $2)
        try body(profile, PieceHeader(row))
      }
    }
    try snapshot.forEachCapture(
      piece,
      of: strand,
      columns: Self.columns(of: "profile"),
      joining: Self.join(of: "profile")
    ) { row, capture in
      try read(row, CaptureQuery.headerCount, capture.place)
      try body(profile, PieceHeader(start: capture.start, duration: capture.duration))
    }
  }

  /// Reads a row, the first blob of which is its column `firstIndex`.
  mutating func read(_ row: Row, _ firstIndex: Int, _ place: FigurePlace) throws {
    let (count, unit) = (place.functionCount, place.unit)
    try readShape(row, firstIndex, place)
    // Taken out, so that decoding changes it where it stands.
    var profile = SummableProfile()
    swap(&profile, &self.profile)
    defer { swap(&profile, &self.profile) }
    try snapshot.withBlob(row, firstIndex + 1, place, "selfTimes") { bytes throws(BlobError) in
      _ = try FigureTicks.decodeSelfTimes(
        bytes,
        unit,
        count: count,
        into: &profile.functions.selfTimes
      )
    }
    try snapshot.withBlob(row, firstIndex + 2, place, "figures") { bytes throws(BlobError) in
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
    try snapshot.withBlob(row, firstIndex + 4, place, "figures", edges: true) {
      bytes throws(BlobError) in
      let slots = try EdgeSlots(bytes)
      try profile.edges.decode(bytes, slots, unit, functions: profile.functions)
      try profile.functions.convertToNanoseconds(unit, slots.calleeTimes)
      try profile.edges.figures.convertToNanoseconds(unit, slots.calleeTimes)
    }
  }

  private mutating func readShape(_ row: Row, _ firstIndex: Int, _ place: FigurePlace) throws {
    if let id = place.shape {
      profile.shape = try snapshot.shapes.shape(id, snapshot)
      try snapshot.check(profile.shape.functions.count, place, id)
    } else {
      profile.shape = try snapshot.inlineShape(row, firstIndex, place)
    }
    guard profile.shape.edges.count == place.edgeCount else {
      let found = "\(place.edgeCount) edges where the shape has \(profile.shape.edges.count)"
      throw place.damage("edgeCount", found, path: snapshot.path)
    }
  }
}

extension SQLiteSnapshot {
  /// The functions and edges of a row that has no shape of its own: its columns 0 and 3 of the blobs.
  func inlineShape(_ row: Row, _ firstIndex: Int, _ place: FigurePlace) throws -> Shape {
    var shape = Shape()
    try withBlob(row, firstIndex, place, "functions") { bytes throws(BlobError) in
      try Shape.decodeFunctions(
        bytes,
        count: place.functionCount,
        known: functionCount,
        into: &shape.functions
      )
    }
    shape.edgeCounts = Array(repeating: 0, count: shape.functions.count)
    guard place.edgeCount != 0 else { return shape }
    try withBlob(row, firstIndex + 3, place, "edges", edges: true) { bytes throws(BlobError) in
      try shape.decodeEdges(bytes, count: place.edgeCount, known: edgeCount)
    }
    return shape
  }

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
