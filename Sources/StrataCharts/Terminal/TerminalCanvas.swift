// SPDX-License-Identifier: Apache-2.0

/// A grid of cells, painted one by one and written as lines.
struct TerminalCanvas {
  /// One cell: a character and how it looks.
  struct Cell: Hashable {
    var character: Unicode.Scalar
    var ink: TerminalInk

    static let blank = Cell(character: " ", ink: .plain)
  }

  let width: Int
  let height: Int
  private var cells: [Cell]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    cells = Array(repeating: .blank, count: width * height)
  }

  /// A cell, by its column from the left and its row from the bottom; outside it is blank.
  subscript(column: Int, row: Int) -> Cell {
    get { contains(column, row) ? cells[row * width + column] : .blank }
    set { if contains(column, row) { cells[row * width + column] = newValue } }
  }

  /// Paints a cell over a range of columns.
  mutating func fill(_ columns: Range<Int>, row: Int, _ cell: Cell) {
    for column in columns { self[column, row] = cell }
  }

  /// One row as text, without the blanks at its end.
  func line(row: Int, colors: TerminalColors) -> String {
    var text = ""
    var ink = TerminalInk.plain
    let last = (0..<width).last { self[$0, row] != .blank } ?? -1
    for column in 0..<(last + 1) {
      let cell = self[column, row]
      if cell.ink != ink { text += colors.sequence(cell.ink) }
      ink = cell.ink
      text.unicodeScalars.append(cell.character)
    }
    return ink == .plain ? text : text + colors.sequence(.plain)
  }

  private func contains(_ column: Int, _ row: Int) -> Bool {
    (0..<width).contains(column) && (0..<height).contains(row)
  }
}
