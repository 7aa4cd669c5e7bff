// SPDX-License-Identifier: Apache-2.0

#if Tools

/// A picture at the foot of the terminal, while a program prints above it.
///
/// The rows above are a region of their own that scrolls, as apt has it for its bar: what the program
/// prints stays readable, and moves up as ever.
struct LiveChart {
  /// How many rows the program keeps at least.
  private static let rowsAbove = 6

  private var size: (rows: Int, height: Int)?

  /// Draws the picture in the place of the one before; not where the terminal is too low.
  mutating func draw(_ text: String) {
    let rows = Terminal.rows
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    let height = min(max(lines.count, size?.height ?? 0), rows - Self.rowsAbove)
    guard height > 0 else { return }
    var output = size.map { $0 == (rows, height) } == true ? "" : reserve(rows, height)
    output += "\u{1B}7"
    for (row, line) in (0..<height).map({ ($0, $0 < lines.count ? lines[$0] : "") }) {
      output += "\u{1B}[\(rows - height + row + 1);1H\u{1B}[2K\(line)"
    }
    write(output + "\u{1B}8")
  }

  /// Gives the whole terminal back.
  mutating func close() {
    guard size != nil else { return }
    size = nil
    write("\u{1B}7\u{1B}[r\u{1B}8\u{1B}[J")
  }

  /// Moves up what is in the way, and leaves the rows above to the program.
  private mutating func reserve(_ rows: Int, _ height: Int) -> String {
    let isSameTerminal = size?.rows == rows
    let missing = height - (isSameTerminal ? size?.height ?? 0 : 0)
    size = (rows, height)
    // To set a region moves the cursor to the first row.
    let whole = isSameTerminal ? "" : "\u{1B}7\u{1B}[r\u{1B}8"
    let room = String(repeating: "\n", count: missing) + "\u{1B}[\(missing)A"
    return whole + room + "\u{1B}7\u{1B}[1;\(rows - height)r\u{1B}8"
  }

  private func write(_ text: String) {
    // The terminal may be gone.
    try? StandardStream.error.write(Array(text.utf8))
  }
}
#endif
