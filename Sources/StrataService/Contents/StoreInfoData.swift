// SPDX-License-Identifier: Apache-2.0

public import StrataCore
public import StrataExport
import StrataQuery

/// A row for each label value; the document has the rest, too.
///
/// The column `absent` is true for the captures without the label, but not for an empty value.
extension StoreInfo: DataResult {
  /// The name of the document's form.
  public var schema: String { "strata/info/1" }

  /// The rows.
  public var rows: any ResultRows { ValueRows(info: self) }

  /// Caveats to display with the result.
  public var warnings: [Warning] { [] }

  /// The fields of the document in their order.
  public var document: [DocumentField] {
    [
      .value("store", Cell(store)), .value("paths", .texts(paths.map { ByteString($0) })),
      .object(
        "captures",
        [
          .count("count", captures.captures), .value("firstStart", Cell(captures.first)),
          .value("lastStart", Cell(captures.last)),
        ]
      ),
      .rows("kinds", GroupRows(groups: captures.groups)),
      .rows("labels", LabelRows(info: self)), .count("functions", captures.functions),
    ] + (statistics.map(\.fields) ?? [])
  }

  fileprivate func cells(of value: CaptureContent.Value) -> [Cell] {
    let share = MetricValue(Int128(value.captures), dividedBy: Int128(captures.captures))
    return [
      Cell(value.value), .count(value.captures), Cell(share), Cell(value.first), Cell(value.last),
    ]
  }
}

private let valueColumns = [
  Column("value", nil, .text), Column("captures", nil, .integer, unit: "captures"),
  Column("share", nil, .number), Column("firstStart", nil, .time),
  Column("lastStart", nil, .time),
]

/// The values of all labels.
private struct ValueRows: ResultRows {
  let info: StoreInfo

  var columns: [Column] {
    [Column("key", nil, .text)] + valueColumns + [Column("absent", nil, .flag, in: .tables)]
  }

  func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure) {
    for label in info.captures.labels {
      for value in label.values {
        try body(
          [.text(ByteString(label.key))] + info.cells(of: value) + [.flag(value.value == nil)]
        )
      }
    }
  }
}

/// The labels with their values.
private struct LabelRows: ResultRows {
  let info: StoreInfo

  let columns = [
    Column("key", nil, .text), Column("valueCount", nil, .integer),
    Column("values", nil, .rows(valueColumns)),
  ]

  func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure) {
    for label in info.captures.labels {
      let values = ListedRows(columns: valueColumns, rows: label.values.map(info.cells))
      try body([.text(ByteString(label.key)), .count(label.valueCount), .rows(values)])
    }
  }
}

/// The captures by kind and clock.
private struct GroupRows: ResultRows {
  let groups: [CaptureContent.Group]

  let columns = [
    Column("kind", nil, .word), Column("clock", nil, .word),
    Column("captures", nil, .integer, unit: "captures"),
  ]

  func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure) {
    for group in groups {
      try body([.word(group.kind.rawValue), .word(group.clock.rawValue), .count(group.captures)])
    }
  }
}

/// Rows that are in memory.
private struct ListedRows: ResultRows {
  let columns: [Column]
  let rows: [[Cell]]

  func forEach<Failure>(_ body: (_ cells: [Cell]) throws(Failure) -> Void) throws(Failure) {
    for row in rows { try body(row) }
  }
}

extension StoreStatistics {
  /// What only a store has.
  fileprivate var fields: [DocumentField] {
    let levels = ListedRows(
      columns: [
        Column("level", nil, .word), Column("count", nil, .integer),
        Column("waitingSlices", nil, .integer), Column("prunedBefore", nil, .time),
      ],
      rows: rollups.map { level in
        [
          .word(level.level.rawValue), .count(level.count), .count(level.waitingSlices),
          Cell(level.prunedBefore),
        ]
      }
    )
    return [
      .object(
        "rows",
        [
          .count("functions", functionRows), .count("callers", edgeRows),
          .count("shapes", shapeCount),
        ]
      ),
      .value("prunedBefore", Cell(capturesPrunedBefore)), .rows("rollups", levels),
      .object(
        "names",
        [
          .count("functions", functionCount), .count("edges", edgeCount),
          .count("strings", stringCount), .count("labels", labelCount),
          .count("labelSets", labelSetCount),
        ]
      ),
      .object(
        "file",
        [
          .count("bytes", byteCount), .count("freeBytes", freeByteCount),
          .count("logBytes", logByteCount),
          .value("bytesPerRow", bytesPerRow.map { .double($0) } ?? .null),
        ]
      ),
    ] + (content.map { [.object("content", $0.fields)] } ?? [])
  }
}

extension StoreStatistics.Content {
  fileprivate var fields: [DocumentField] {
    [
      .count("functions", functions), .count("edges", edges), .count("shapes", shapes),
      .count("rollups", rollups), .count("names", names),
    ]
  }
}
