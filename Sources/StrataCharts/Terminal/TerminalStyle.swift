// SPDX-License-Identifier: Apache-2.0

/// What a terminal can show: the columns, colours and characters that a picture may use.
public struct TerminalStyle: Hashable, Sendable {
  /// The columns; a picture that needs more takes them.
  public var width: Int
  /// The colours.
  public var colors: TerminalColors
  /// Whether block and line characters may be used.
  public var isUnicode: Bool

  /// Creates a style; without arguments, that of a file.
  public init(width: Int = 80, colors: TerminalColors = .none, isUnicode: Bool = true) {
    self.width = width
    self.colors = colors
    self.isUnicode = isUnicode
  }

  /// Whether a cell can be divided: it takes colours to tell its two parts apart.
  var hasBlocks: Bool { isUnicode && colors != .none }

  /// A cell that belongs to one series alone.
  func mark(of index: Int, _ layer: ChartModel.Layer) -> TerminalCanvas.Cell {
    guard colors != .none else {
      return TerminalCanvas.Cell(character: letter(of: index, layer), ink: .plain)
    }
    return TerminalCanvas.Cell(character: " ", ink: TerminalInk(background: layer.color))
  }

  /// The sample before a name in the legend.
  func swatch(of index: Int, _ layer: ChartModel.Layer) -> String {
    guard colors != .none else { return String(letter(of: index, layer)) }
    guard isUnicode else { return colors.paint("  ", TerminalInk(background: layer.color)) }
    return colors.paint("██", TerminalInk(foreground: layer.color))
  }

  /// A character for each series where there are no colours; `.` for `other`.
  private func letter(of index: Int, _ layer: ChartModel.Layer) -> Unicode.Scalar {
    guard !layer.isOther else { return "." }
    return Self.letters[index % Self.letters.count]
  }

  private static let letters = Array(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".unicodeScalars
  )

  // MARK: - Lines

  var vertical: Unicode.Scalar { isUnicode ? "│" : "|" }
  var horizontal: Unicode.Scalar { isUnicode ? "─" : "-" }
  var valueTick: Unicode.Scalar { isUnicode ? "┤" : "+" }
  var timeTick: Unicode.Scalar { isUnicode ? "┬" : "+" }
  var corner: Unicode.Scalar { isUnicode ? "┼" : "+" }
  var gap: Unicode.Scalar { isUnicode ? "╌" : "." }
  var partial: Unicode.Scalar { "*" }

  /// A text with ASCII for the signs that charts write, where the terminal lacks them.
  ///
  /// Other letters are unchanged: a name that is not ASCII has no better form.
  func plain(_ text: String) -> String {
    guard !isUnicode else { return text }
    var result = ""
    for character in text {
      switch character {
      case "·", "–": result += "-"
      case "…": result += "~"
      case "µ": result += "u"
      case "→": result += "->"
      case "×": result += "x"
      default: result.append(character)
      }
    }
    return result
  }
}
