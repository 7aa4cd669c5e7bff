// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore

/// `strata browse`: statistics looked at command by command.
struct Browse: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "browse",
    abstract: "Explore dumps interactively, as 'python -m pstats' does.",
    discussion: """
      Has the commands of pstats' browser (read, add, sort, stats, callers, callees, strip, \
      reverse, help, quit), and also json, slices and diff. On a terminal with libedit installed, \
      it offers line editing, completion and history. When it reads from a pipe, it shows no \
      prompt, so the output is only what the commands print.

      EXAMPLES
        strata browse app.prof
        strata browse monday.prof tuesday.prof
        printf '%s\\n' strip 'sort time' 'stats 10' | strata browse app.prof
      """
  )

  @Argument(
    help: ArgumentHelp("Dumps to load at the start, added up.", valueName: "dumps"),
    completion: .file()
  )
  var dumps: [PathArguments] = []

  @Flag(help: "Correct the errors of pstats: sum callers that 'strip' makes identical.")
  var exact = false

  func run() async throws {
    var session = BrowserSession(isExact: exact, isTerminal: Terminal.isOutput) { bytes in
      try? StandardStream.output.write(bytes)
    }
    for (index, path) in dumps.paths.enumerated() {
      _ = await session.perform((index == 0 ? "read " : "add ") + path)
    }
    if Terminal.isInput {
      await converse(&session)
    } else {
      while let line = readLine(), await session.perform(line) {}
    }
  }

  /// Asks a person for commands until they leave.
  private func converse(_ session: inout BrowserSession) async {
    let editor = LineEditor(historyPath: Self.historyPath, completion: Self.candidates)
    print("Welcome to the profile statistics browser; 'help' lists its commands.")
    while true {
      let prompt = (session.paths.first ?? "").escapedForDisplay + "% "
      guard let line = editor?.line(prompt: prompt) ?? Self.plainLine(prompt, if: editor == nil)
      else {
        print("")
        break
      }
      guard await session.perform(line) else { break }
    }
    editor?.saveHistory()
    print("Goodbye.")
  }

  private static func plainLine(_ prompt: String, if isWanted: Bool) -> String? {
    guard isWanted else { return nil }
    try? StandardStream.output.write(Array(prompt.utf8))
    return readLine()
  }

  /// Where the lines typed are kept: `$XDG_STATE_HOME/strata/history`.
  private static var historyPath: String {
    let home = Terminal.variable("HOME") ?? "."
    return (Terminal.variable("XDG_STATE_HOME") ?? home + "/.local/state") + "/strata/history"
  }

  /// What the next word may be: a command, or a key of 'sort'; no completions mean file names.
  private static func candidates(after line: Substring) -> [String] {
    let words = line.split(separator: " ")
    guard let command = words.first else { return BrowserCommand.allCases.map(\.rawValue) }
    return switch command {
    case "sort": SortKey.words.map(\.word)
    case "help": BrowserCommand.allCases.map(\.rawValue)
    default: []
    }
  }
}
#endif
