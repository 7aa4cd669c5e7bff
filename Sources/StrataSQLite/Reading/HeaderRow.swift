// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery
import StrataStoreFormat

/// The columns of a capture that are not blobs, as a question needs them, once their checksum is
/// found to match.
struct HeaderRow {
  static let columns = [
    "id", "start", "duration", "kind", "clock", "weight", "covers", "labelSet", "functionCount",
    "edgeCount", "unit", "shape", "checksum",
  ].map { "capture." + $0 }
  static var columnCount: Int { columns.count }

  let id: Int64
  let functionCount: Int
  let edgeCount: Int
  let unit: TimeUnit
  /// The shape; nil where functions and edges are kept with the capture.
  let shape: Int64?
  let capture: CaptureHeader

  /// Reads a row; without label sets, it counts as having no labels.
  init(_ row: StoredRow, labelSets: [Int32: Labels]?, path: String) throws {
    let columns = try HeaderColumns(row, try FigureKind(row.row, 3, path: path), path: path)
    guard columns.checksum == (row.number(12)) else {
      throw columns.damage("checksum", "columns, one of which is not what was written", path: path)
    }
    guard let weight = Weight(exactMillionths: columns.weight) else {
      throw columns.damage("weight", path: path)
    }
    let set = Int32(exactly: columns.labelSet)
    guard let labels = labelSets.map({ sets in set.flatMap { sets[$0] } }) ?? [:] else {
      throw columns.damage("labelSet", path: path)
    }
    guard let unit = TimeUnit(rawValue: columns.unit) else {
      throw columns.damage("unit", path: path)
    }
    id = columns.id
    self.unit = unit
    functionCount = Int(columns.functionCount)
    edgeCount = Int(columns.edgeCount)
    shape = columns.shape
    capture = CaptureHeader(
      start: Timestamp(nanoseconds: columns.start),
      duration: columns.duration.map { .nanoseconds($0) },
      kind: columns.figures.kind,
      clock: columns.figures.clock,
      weight: weight,
      covers: columns.covers,
      labels: labels
    )
  }
}

extension HeaderColumns {
  /// Reads the columns of ``HeaderRow/columns``, but for kind and clock.
  fileprivate init(_ row: StoredRow, _ figures: FigureKind, path: String) throws {
    id = row.number(0)
    start = row.number(1)
    duration = row.isNull(2) ? nil : row.number(2)
    self.figures = figures
    weight = row.number(5)
    labelSet = row.number(7)
    functionCount = row.number(8)
    edgeCount = row.number(9)
    unit = row.number(10)
    shape = row.isNull(11) ? nil : row.number(11)
    covers = .unknown
    guard let coverage = Coverage(code: row.number(6)) else {
      throw damage("covers", path: path)
    }
    covers = coverage
  }

  func damage(
    _ column: String,
    _ found: String = "a value that has no meaning",
    path: String
  ) -> StoreError {
    let location = StoreError.Location(table: "capture", row: id, column: column)
    return StoreError(damaged: found, path: path, location: location)
  }
}

#endif
