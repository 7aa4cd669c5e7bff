// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore

/// Captures of a slice that one sum stands for: those of all its labels are the same.
struct CaptureGroup: Hashable {
  var figures: FigureKind
  /// How many there are; nil where some are known as sums alone.
  var captureCount: Int?
  var labelSets: [Int32]
  /// The labels that exactly these captures have; 0 where they are all there are.
  var labels: [Int32]

  func stream(in slice: Slice) -> CaptureStream {
    // Any of the labels would do, as all of them select these captures.
    let isEverything = labels.contains(0)
    return CaptureStream(
      key: isEverything ? .all : .label(labels[0]),
      labelSets: isEverything ? nil : labelSets,
      kind: figures.kind,
      clock: figures.clock,
      range: slice.range
    )
  }

  /// What the roll-ups of a slice are found by, one for each label.
  func keys(in slice: Slice) -> [RollupKey] {
    labels.map { label in
      RollupKey(
        level: slice.level,
        label: label,
        kind: figures.kind,
        clock: figures.clock,
        start: slice.start
      )
    }
  }
}

/// Finds out which groups of captures a slice has.
struct SliceGroups {
  private let db: Database
  private let path: String
  private let labels: LabelMembership

  init(_ snapshot: SQLiteSnapshot) throws {
    (db, path) = (snapshot.db, snapshot.path)
    labels = try LabelMembership(snapshot.db)
  }

  /// The groups of a slice whose captures are all there.
  func ofCaptures(_ slice: Slice) throws -> [CaptureGroup] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT kind, clock, labelSet, count(*) AS captures FROM capture INDEXED BY captureStart
        WHERE start >= ? AND start <= ? GROUP BY kind, clock, labelSet
        """
    )
    let arguments: StatementArguments = [slice.start, slice.lastTime]
    var counts: [FigureKind: [Int32: Int]] = [:]
    let rows = try Row.fetchCursor(statement, arguments: arguments)
    while let row = try rows.next() {
      let labelSet = try row.decode(Int32.self, forColumn: "labelSet")
      let count = try row.decode(Int.self, forColumn: "captures")
      counts[try FigureKind(row, path: path), default: [:]][labelSet] = count
    }
    // Labels that always come together (a service and its only host) select the same captures: they are
    // one group, which is added up once and whose sum their roll-ups share.
    return counts.flatMap { figures, counts in
      labels.groups(of: counts.keys.sorted()).map { labelSets, labels in
        CaptureGroup(
          figures: figures,
          captureCount: labelSets.reduce(0) { $0 + (counts[$1] ?? 0) },
          labelSets: labelSets,
          labels: labels
        )
      }
    }
  }

  /// The groups of a slice that has lost some captures: one for each label that its parts have,
  /// whether these are roll-ups of the level below or captures.
  func ofParts(_ slice: Slice) throws -> [CaptureGroup] {
    // Minutes are made of captures alone: without these there is nothing to make them of.
    guard let finer = slice.level.finer else { return [] }
    let statement = try db.cachedStatement(
      sql: """
        SELECT DISTINCT kind, clock, label FROM rollup WHERE level = ? AND start >= ? AND start <= ?
        """
    )
    let arguments: StatementArguments = [finer.rawValue, slice.start, slice.lastTime]
    // Which labels select the same captures is not known any more: each has a sum of its own.
    let parts = try Row.fetchAll(statement, arguments: arguments).map { row in
      group(try FigureKind(row, path: path), try row.decode(Int32.self, forColumn: "label"))
    }
    // Captures that came late for a slice whose others are gone are parts as well.
    let captures = try ofCaptures(slice).flatMap { whole in
      whole.labels.map { group(whole.figures, $0) }
    }
    return Array(Set(parts + captures))
  }

  /// The groups of the captures that came late for a slice, one for each label that they have.
  func ofLateProfiles(_ slice: Slice) throws -> [CaptureGroup] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT DISTINCT kind, clock, labelSet
        FROM lateCapture JOIN capture ON capture.id = lateCapture.capture
        WHERE lateCapture.level = ? AND lateCapture.start = ?
        """
    )
    let rows = try Row.fetchAll(statement, arguments: slice.arguments)
    let groups = try rows.flatMap { row in
      let figures = try FigureKind(row, path: path)
      let labelSet = try row.decode(Int32.self, forColumn: "labelSet")
      // The roll-up of all captures (0) lacks them as well.
      return ([0] + labels.labels(of: labelSet)).map { group(figures, $0) }
    }
    // Several label sets may have the same label, whose captures are one group.
    return Array(Set(groups))
  }

  private func group(_ figures: FigureKind, _ label: Int32) -> CaptureGroup {
    CaptureGroup(
      figures: figures,
      captureCount: nil,
      labelSets: label == 0 ? [] : labels.labelSets(with: label),
      labels: [label]
    )
  }
}

#endif
