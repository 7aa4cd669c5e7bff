// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
// setenv.
import Foundation

/// The help of a command, as wide as the terminal.
///
/// ArgumentParser wraps help to 80 columns wherever standard output is no terminal, as behind a
/// pager; it calls `--help-all` `--help-hidden`, and does not mention it.
struct HelpText {
  /// The option that shows what `--help` hides.
  static let allName = "--help-all"
  private static let hiddenName = "--help-hidden"
  /// The columns of help that goes to a pipe or a file.
  private static let pipedColumns = 100
  /// Options leave room for their description.
  private static let leastColumns = 60

  private let command: any ParsableCommand.Type
  private let includesHidden: Bool

  /// The columns that help takes.
  private static var columns: Int { max(leastColumns, Terminal.helpColumns ?? pipedColumns) }

  /// Sets ArgumentParser's width, which it needs for usages too; it fails where that is too small.
  static func prepare() {
    _ = unsafe setenv("COLUMNS", "\(columns)", 1)
  }

  /// The help that an error asks for; nil for other errors, and for other texts that are no errors.
  init?(answering error: any Error, to arguments: [String]) {
    guard Strata.exitCode(for: error).isSuccess,
      Strata.fullMessage(for: error).hasPrefix("OVERVIEW: ")
    else { return nil }
    command = Self.command(of: arguments)
    let words = arguments.prefix { $0 != "--" }
    includesHidden = words.contains(Self.allName) || words.contains(Self.hiddenName)
  }

  /// The arguments in ArgumentParser's words.
  static func translated(_ arguments: [String]) -> [String] {
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    return arguments[..<end].map { $0 == allName ? hiddenName : $0 } + arguments[end...]
  }

  /// The command that arguments begin with; the whole where they name none.
  static func command(of arguments: [String]) -> any ParsableCommand.Type {
    var command: any ParsableCommand.Type = Strata.self
    for word in arguments where command != Strata.self || word != "help" {
      let subcommands = command.configuration.subcommands
      guard let next = subcommands.first(where: { $0.configuration.commandName == word }) else {
        break
      }
      command = next
    }
    return command
  }

  var text: String {
    let columns = Self.columns
    func help(_ includesHidden: Bool) -> String {
      let text = Strata.helpMessage(for: command, includeHidden: includesHidden, columns: columns)
        .replacing(" SUBCOMMANDS:\n", with: ":\n")
      return Self.indenting(Self.wrappingUsage(of: text, to: columns), wrappedTo: columns)
    }
    let usual = help(false)
    if includesHidden { return help(true) }
    guard help(true) != usual else { return usual }
    let option = "  -h, --help              Show help information.\n"
    return usual.replacing(
      option,
      with: option + "  \(Self.allName)              Show help with all options.\n"
    )
  }

  /// Wraps the line that ArgumentParser leaves unwrapped, between its arguments.
  private static func wrappingUsage(of text: String, to columns: Int) -> String {
    let start = "USAGE: "
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      guard line.hasPrefix(start) else { return String(line) }
      var wrapped = ""
      var width = 0
      // What is in brackets stays together.
      for part in line.replacing(" [", with: "\n[").split(separator: "\n") {
        if width > 0, width + 1 + part.count > columns {
          wrapped += "\n" + String(repeating: " ", count: start.count)
          width = start.count
        } else if width > 0 {
          wrapped += " "
          width += 1
        }
        wrapped += part
        width += part.count
      }
      return wrapped
    }
    return lines.joined(separator: "\n")
  }

  /// Indents the rest of a line that ArgumentParser has wrapped to the left margin.
  private static func indenting(_ text: String, wrappedTo columns: Int) -> String {
    var lines: [String] = []
    /// The line before as ArgumentParser wrapped it, and where its rest belongs.
    var before = (text: Substring(), indentation: 0)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let firstWord = line.prefix { $0 != " " }
      // ArgumentParser wants a space behind the last word, too: a word that just fits is wrapped.
      let isRest =
        before.indentation > 0 && !firstWord.isEmpty
        && before.text.count + 1 + firstWord.count >= columns
      if isRest {
        let indentation = min(before.indentation, columns / 2)
        lines += wrap(line, indentation: indentation, to: columns)
      } else {
        lines.append(String(line))
        before.indentation = indentation(ofRestOf: line)
      }
      before.text = line
    }
    return lines.joined(separator: "\n")
  }

  /// Below the second column of a row, else further in than a command, else below the line.
  private static func indentation(ofRestOf line: Substring) -> Int {
    let indentation = line.prefix { $0 == " " }.count
    guard indentation > 0 else { return 0 }
    let content = line.dropFirst(indentation)
    if let gap = content.firstRange(of: "   ") {
      let column = content[gap.lowerBound...].prefix { $0 == " " }.endIndex
      return line.distance(from: line.startIndex, to: column)
    }
    return content.hasPrefix("strata ") ? indentation + 2 : indentation
  }

  private static func wrap(_ text: Substring, indentation: Int, to columns: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= columns {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(repeating: " ", count: indentation) + word)
      }
    }
    return lines
  }
}
#endif
