// SPDX-License-Identifier: Apache-2.0

/// Which colours a terminal shows.
public enum TerminalColors: Hashable, Sendable, CaseIterable {
  /// 24 bits for each colour.
  case trueColor
  /// The fixed palette of 256 colours.
  case ansi256
  /// No escape sequences at all: for files, pipes and `NO_COLOR`.
  case none
}

/// How a cell or a text looks.
struct TerminalInk: Hashable {
  var foreground: ChartColor?
  var background: ChartColor?
  var isDim = false
  var isBold = false

  static let plain = TerminalInk()
  static let dim = TerminalInk(isDim: true)
  static let bold = TerminalInk(isBold: true)

  init(
    foreground: ChartColor? = nil,
    background: ChartColor? = nil,
    isDim: Bool = false,
    isBold: Bool = false
  ) {
    self.foreground = foreground
    self.background = background
    self.isDim = isDim
    self.isBold = isBold
  }
}

extension TerminalColors {
  /// The escape sequence that changes to an ink, from whatever was before.
  func sequence(_ ink: TerminalInk) -> String {
    guard self != .none else { return "" }
    var codes = ["0"]
    if ink.isBold { codes.append("1") }
    if ink.isDim { codes.append("2") }
    if let color = ink.foreground { codes.append("38;" + code(color)) }
    if let color = ink.background { codes.append("48;" + code(color)) }
    return "\u{1B}[\(codes.joined(separator: ";"))m"
  }

  /// A text in an ink.
  func paint(_ text: String, _ ink: TerminalInk) -> String {
    guard self != .none, ink != .plain, !text.isEmpty else { return text }
    return sequence(ink) + text + sequence(.plain)
  }

  private func code(_ color: ChartColor) -> String {
    switch self {
    case .trueColor: "2;\(color.red);\(color.green);\(color.blue)"
    case .ansi256, .none: "5;\(color.ansi256)"
    }
  }
}
