// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery
import StrataStoreFormat

/// Figures of whole captures, added up: for each of ``Figure/ofCaptures`` how many captures have
/// it, and their sum.
struct CaptureFigures: Equatable {
  private static let ofNone = Figure.ofCaptures.map { _ in Optional(FigureSum()) }

  /// In the order of the figures; nil where a sum is among the captures that did not keep it.
  private var sums = Self.ofNone

  /// The figures of no captures.
  init() {}

  init(_ capture: CaptureRow) {
    sums = Figure.ofCaptures.map { FigureSum(capture.value(of: $0)) }
  }

  init(_ sum: (Figure) throws -> FigureSum?) rethrows {
    sums = try Figure.ofCaptures.map(sum)
  }

  mutating func add(_ other: CaptureFigures) {
    for index in sums.indices {
      guard let sum = other.sums[index] else {
        sums[index] = nil
        continue
      }
      sums[index]?.add(sum)
    }
  }

  /// Whether the figures that are known of both are the same.
  func agrees(with other: CaptureFigures) -> Bool {
    zip(sums, other.sums).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
  }

  /// All figures; nil where one is not known.
  var all: [(figure: Figure, sum: FigureSum?)] { Array(zip(Figure.ofCaptures, sums)) }
}

/// The table `sumFigure`: what sums know of figures of whole captures.
///
/// A row has the name of its figure, so that a new figure needs no other tables. That a sum has no
/// row means that the Strata that wrote it did not know the figure, and a row of -1 captures that a
/// sum that it was made of had none: the figure is then not known. Durations have a row in all sums
/// since there is the table.
enum SumFigures {
  /// The figures that every sum has whose number is above ``lastWithout(_:)``.
  private static let ofAll: [Figure] = [.duration]
  private static let key = "sumsWithoutFigures"
  /// The number of captures where it is not known how many have the figure.
  private static let unknown = -1

  /// The last sum that was written before there was the table; 0 in a store that always had it.
  private static func lastWithout(_ db: Database) throws -> Int64 {
    try PrunedCaptures.number(key, db) ?? 0
  }

  /// Notes that the sums there are do not know any figure.
  static func setLastWithout(_ sum: Int64, _ db: Database) throws {
    guard sum > 0 else { return }
    try PrunedCaptures.set(key, "\(sum)", db)
  }

  /// CRC-32C of the name with its length before it, then of the numbers in eight bytes each.
  private static func checksum(_ sum: Int64, _ figure: String, _ numbers: [Int64]) -> Int64 {
    var bytes: [UInt8] = []
    bytes.appendVarint(UInt64(figure.utf8.count))
    bytes += Array(figure.utf8)
    for number in [sum] + numbers { bytes.appendLittleEndian(UInt64(bitPattern: number)) }
    return Int64(CRC32C.checksum(of: bytes.span))
  }

  /// Writes what a sum knows.
  static func write(_ figures: CaptureFigures, of sum: Int64, _ db: Database) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO sumFigure (sum, figure, captures, total, carry, checksum)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    )
    for (figure, value) in figures.all {
      let value = value ?? FigureSum(captures: unknown)
      // Mostly the sum fits into 64 bits, and the rest of it is 0.
      let low = Int64(truncatingIfNeeded: value.sum)
      let carry = Int64(truncatingIfNeeded: (value.sum - Int128(low)) >> 64)
      let numbers = [Int64(value.captures), low, carry]
      let name = figure.name
      try statement.execute(
        arguments: [sum, name] + StatementArguments(numbers) + [checksum(sum, name, numbers)]
      )
    }
  }

  /// What a sum of captures knows of a figure; nil where it does not know it.
  ///
  /// - Throws: `StoreError` where it is not what was written, or must be known and is gone.
  static func read(
    _ figure: Figure,
    of row: RollupRow,
    _ snapshot: SQLiteSnapshot
  ) throws -> FigureSum? {
    guard snapshot.hasFigures else { return nil }
    let statement = try snapshot.db.cachedStatement(
      sql: """
        SELECT captures, total, carry, checksum FROM sumFigure WHERE sum = ? AND figure = ?
        """
    )
    guard let found = try Row.fetchOne(statement, arguments: [row.sum, figure.name]) else {
      guard ofAll.contains(figure), row.sum > (try lastWithout(snapshot.db)) else { return nil }
      throw damage("no \(figure.name), which every sum must have", row, snapshot)
    }
    let numbers = try ["captures", "total", "carry"].map {
      try found.decode(Int64.self, forColumn: $0)
    }
    guard
      try found.decode(Int64.self, forColumn: "checksum")
        == checksum(row.sum, figure.name, numbers),
      (unknown...max(row.captureCount, 0)).contains(Int(numbers[0]))
    else {
      throw damage("a \(figure.name) that is not what was written", row, snapshot)
    }
    guard numbers[0] != unknown else { return nil }
    return FigureSum(captures: Int(numbers[0]), sum: Int128(numbers[2]) << 64 + Int128(numbers[1]))
  }

  /// What a sum of captures knows of all figures.
  static func read(of row: RollupRow, _ snapshot: SQLiteSnapshot) throws -> CaptureFigures {
    try CaptureFigures { try read($0, of: row, snapshot) }
  }

  private static func damage(
    _ found: String,
    _ row: RollupRow,
    _ snapshot: SQLiteSnapshot
  ) -> StoreError {
    let location = StoreError.Location(table: "sumFigure", row: row.sum, column: "figure")
    return StoreError(damaged: found, path: snapshot.path, location: location)
  }
}

#endif
