// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery
import StrataStoreFormat

/// The columns of a capture that are not blobs, as a question needs them, once their checksum is
/// found to match.
struct HeaderRow {
  enum Column: Int, ResultColumn {
    case id, start, duration, kind, clock, weight, covers, labelSet, functionCount, edgeCount, unit
    case shape, checksum

    static let list = names(in: "capture")
  }

  let id: Int64
  let functionCount: Int
  let edgeCount: Int
  let unit: TimeUnit
  /// The shape; nil where functions and edges are kept with the capture.
  let shape: Int64?
  let capture: CaptureHeader

  /// Reads a row; without label sets, it counts as having no labels.
  init(_ row: StoredRow, labelSets: [Int32: Labels]?, path: String) throws {
    let figures = try FigureKind(
      kind: try row.decode(String.self, Column.kind),
      clock: try row.decode(String.self, Column.clock),
      path: path
    )
    let columns = try HeaderColumns(row, figures, path: path)
    guard columns.checksum == row.number(Column.checksum) else {
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
  /// Reads the columns of a capture's row, but for kind and clock.
  fileprivate init(_ row: StoredRow, _ figures: FigureKind, path: String) throws {
    typealias Column = HeaderRow.Column
    id = row.number(Column.id)
    start = row.number(Column.start)
    duration = row.optionalNumber(Column.duration)
    self.figures = figures
    weight = row.number(Column.weight)
    labelSet = row.number(Column.labelSet)
    functionCount = row.number(Column.functionCount)
    edgeCount = row.number(Column.edgeCount)
    unit = row.number(Column.unit)
    shape = row.optionalNumber(Column.shape)
    covers = .unknown
    guard let coverage = Coverage(code: row.number(Column.covers)) else {
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
