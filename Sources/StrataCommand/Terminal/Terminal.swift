// SPDX-License-Identifier: Apache-2.0

#if Tools
// getenv, isatty and ioctl: what the terminal is.
import Foundation
import StrataCharts

/// What standard output and standard error can show.
enum Terminal {
  /// Whether standard input is a terminal.
  static var isInput: Bool { isatty(STDIN_FILENO) == 1 }

  /// Whether standard output is a terminal.
  static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Whether standard error is a terminal.
  static var isError: Bool { isatty(STDERR_FILENO) == 1 }

  /// The columns of the terminal; those that `COLUMNS` says, or 80, where there is none.
  static var columns: Int {
    var size = winsize()
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
      if unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
        return Int(size.ws_col)
      }
    }
    return variable("COLUMNS").flatMap(Int.init) ?? 80
  }

  /// The columns for help: those that `COLUMNS` says, else those of the terminal on standard output;
  /// nil where there is none.
  static var helpColumns: Int? {
    if let columns = variable("COLUMNS").flatMap(Int.init), columns > 0 { return columns }
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }

  /// The rows of the terminal; 24 where there is none.
  static var rows: Int {
    var size = winsize()
    for descriptor in [STDERR_FILENO, STDOUT_FILENO] {
      if unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 {
        return Int(size.ws_row)
      }
    }
    return 24
  }

  /// The colours that the terminal shows, according to its environment.
  static var colors: TerminalColors {
    if variable("TERM") == "dumb" { return .none }
    let depth = variable("COLORTERM") ?? ""
    return depth == "truecolor" || depth == "24bit" ? .trueColor : .ansi256
  }

  /// Whether more than ASCII can be shown: unless the locale names another character set.
  static var isUnicode: Bool {
    let locale = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? ""
    guard let point = locale.firstIndex(of: ".") else { return true }
    return locale[point...].uppercased().hasPrefix(".UTF")
  }

  /// A variable of the environment; nil where it is absent or empty.
  static func variable(_ name: String) -> String? {
    guard let text = unsafe getenv(name) else { return nil }
    // SAFETY: getenv returns a text that ends with a zero byte; it is copied at once.
    let value = unsafe String(cString: text)
    return value.isEmpty ? nil : value
  }
}
#endif
