// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCharts
import StrataCore
import StrataService

/// How pictures for the terminal are drawn.
struct PictureOptions: ParsableArguments {
  /// When colours are used.
  enum ColorMode: String, ChoiceArgument {
    case auto, always, never
  }

  @Option(help: "When to use colours; auto means on a terminal, unless NO_COLOR is set.")
  var color = ColorMode.auto

  @Option(
    help: ArgumentHelp(
      "The width of the chart in columns. (default: the terminal's)",
      valueName: "columns"
    )
  )
  var width: Int?

  static let widths = 24...1000

  func validate() throws {
    if let width, !Self.widths.contains(width) {
      throw ValidationError("--width must be from 24 to 1000.")
    }
  }

  /// What a terminal can show, or a file, which has no colours unless asked for.
  func style(isTerminal: Bool) -> TerminalStyle {
    color.style(width: width, isTerminal: isTerminal)
  }
}

extension PictureOptions.ColorMode {
  /// What a terminal or a file can show, as wide as the terminal unless a width is given.
  func style(width: Int?, isTerminal: Bool) -> TerminalStyle {
    let usesColors =
      switch self {
      case .always: true
      case .never: false
      case .auto: isTerminal && Terminal.variable("NO_COLOR") == nil
      }
    return TerminalStyle(
      width: width ?? min(Terminal.columns, PictureOptions.widths.upperBound),
      colors: usesColors ? Terminal.colors : .none,
      isUnicode: Terminal.isUnicode
    )
  }
}
#endif
