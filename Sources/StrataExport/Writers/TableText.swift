// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// Rows as a plain table for people: columns that line up, and units in their heads.
///
/// Times of all columns are in one unit, so that they can be compared. It is made in memory as a
/// whole, since a column is as wide as its longest text.
enum TableText: DataWriter {
  static let name = "table"
  static let mediaType = "text/plain"

  /// How deep texts are looked at for their width; a longer one is cut in its middle.
  private static let widestText = 200

  static func write<Failure>(
    _ result: any DataResult,
    _ options: DataOptions,
    to output: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let rows = result.rows
    let columns = rows.columns.filter { $0.place.contains(.tables) }
    let places = rows.columns.indices.filter { rows.columns[$0].place.contains(.tables) }
    var cells: [[Cell]] = []
    rows.forEach { row in cells.append(places.map { row[$0] }) }
    let scale = TimeScale(of: cells, columns)
    let lines =
      [columns.map { scale.head(of: $0) }]
      + cells.map { row in zip(row, columns).map { scale.text(of: $0, in: $1) } }
    let widths = columns.indices.map { column in lines.map { $0[column].columns }.max() ?? 0 }
    for line in lines {
      let texts = columns.indices.map { column in
        columns[column].isRight
          ? line[column].paddedLeft(to: widths[column]) : line[column].padded(to: widths[column])
      }
      var text = texts.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      try output(Array((text + "\n").utf8))
    }
    for warning in result.warnings { try output(Array("# \(warning.message.printable)\n".utf8)) }
  }

  /// The unit of all times in a table.
  private struct TimeScale {
    private let divisor: Double
    private let suffix: String

    private static let units = [(1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")]

    /// The unit that gives the largest time one to three digits before its point.
    init(of rows: [[Cell]], _ columns: [Column]) {
      let times = columns.indices.filter { columns[$0].unit?.hasPrefix("ns") == true }
      let largest =
        rows.lazy.flatMap { row in times.map { row[$0].double ?? 0 } }
        .map(\.magnitude).max() ?? 0
      (divisor, suffix) = Self.units.last { largest >= $0.0 } ?? Self.units[0]
    }

    /// The name of a column with its unit.
    func head(of column: Column) -> String {
      guard let unit = column.unit, column.isRight else { return column.name.printable }
      let isTime = unit.hasPrefix("ns")
      return "\(column.name.printable) (\(isTime ? suffix + unit.dropFirst(2) : unit))"
    }

    func text(of cell: Cell, in column: Column) -> String {
      if column.unit?.hasPrefix("ns") == true, let time = cell.double {
        return (time / divisor).text(decimals: divisor == 1 ? 0 : 3)
      }
      switch cell {
      case .text(let text): return text.string.printable.shortenedInMiddle(to: widestText)
      case .word(let word), .standIn(let word): return word
      case .time(let time): return time.iso8601
      case .integer(let number): return number.digits
      case .double(let number): return number.shortText(decimals: 3)
      case .flag(let flag): return flag ? "yes" : "no"
      case .null: return "-"
      case .absent, .values, .texts, .rows: return ""
      }
    }
  }
}

extension Column {
  /// Whether its texts line up at their right.
  fileprivate var isRight: Bool {
    switch kind {
    case .integer, .number: true
    case .text, .word, .time, .flag, .numbers, .texts, .rows: false
    }
  }
}

extension Cell {
  /// The nearest floating-point number, of a number.
  fileprivate var double: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }
}
