// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCharts
import StrataCore

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
      "The width of the picture. (default: the terminal's)",
      valueName: "columns"
    )
  )
  var width: Int?

  private static let widths = 24...1000

  func validate() throws {
    if let width, !Self.widths.contains(width) {
      throw ValidationError("--width must be 24 to 1000.")
    }
  }

  /// What a picture is drawn on: a terminal, or a file that has no colours unless asked for.
  func canvas(isTerminal: Bool) -> Canvas {
    Canvas(
      width: width ?? min(Terminal.columns, Self.widths.upperBound),
      colors: usesColors(isTerminal: isTerminal) ? Terminal.colors : .none,
      isUnicode: Terminal.isUnicode
    )
  }

  private func usesColors(isTerminal: Bool) -> Bool {
    switch color {
    case .always: true
    case .never: false
    case .auto: isTerminal && Terminal.variable("NO_COLOR") == nil
    }
  }
}

/// The columns, colours and characters that a picture may use.
struct Canvas {
  var width: Int
  var colors: TerminalColors
  var isUnicode: Bool
}
#endif
