// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser

/// A call with a word that no command knows, answered with the word that may have been meant.
struct WrongCall {
  /// Options that had other names before the first release, with what they are called today.
  private static let renamed = [
    "--old": "--before", "--new": "--after", "--with": "--after", "--old-where": "--before",
    "--new-where": "--after", "--per-capture": "--stat mean", "--kind": "--where @kind=",
    "--clock": "--where @clock=",
  ]
  /// Commands that had other names.
  private static let renamedCommands = [["store", "info"]: "strata info"]
  /// Forms of output that had other names; `table` was that of `inputs`.
  private static let renamedFormats = ["bars": "text", "table": "text"]

  /// The message, and the usage of the command.
  let text: String

  /// The answer to an error that ArgumentParser made of arguments; nil where it knows no better.
  init?(_ error: any Error, _ arguments: [String]) {
    guard !Strata.exitCode(for: error).isSuccess else { return nil }
    let arguments = Array(arguments.prefix { $0 != "--" })
    let command = HelpText.command(of: arguments)
    let message = Strata.message(for: error)
    let advice =
      Self.renamedCommand(arguments)
      ?? Self.renamedOption(arguments, of: command)
      ?? Self.renamedFormat(message)
      ?? Self.unknownOption(message, of: command)
      ?? Self.unknownCommand(message, of: command)
    guard let advice else { return nil }
    // ArgumentParser's own message ends where the usage begins.
    let whole = Strata.fullMessage(for: error)
    let usage = whole.firstRange(of: "\nUsage: ").map { whole[$0.lowerBound...] } ?? ""
    text = "Error: \(advice)\(usage)"
  }

  private static func renamedCommand(_ arguments: [String]) -> String? {
    renamedCommands[Array(arguments.prefix(2))].map { name in
      "'strata \(arguments.prefix(2).joined(separator: " "))' is now '\(name)'."
    }
  }

  private static func renamedOption(
    _ arguments: [String],
    of command: any ParsableCommand.Type
  ) -> String? {
    let known = options(of: command)
    for (index, argument) in arguments.enumerated() {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard let name = parts.first, let new = renamed[name], !known.contains(name) else { continue }
      // `--kind traced` is a condition with the value.
      let following = arguments[(index + 1)...].first { !$0.hasPrefix("-") }
      let value = new.hasSuffix("=") ? (parts.count > 1 ? parts[1] : following ?? "…") : ""
      return known.contains(String(new.prefix { $0 != " " }))
        ? "Unknown option '\(name)': use '\(new)\(value)' instead." : nil
    }
    return nil
  }

  private static func renamedFormat(_ message: String) -> String? {
    let invalid = /^The value '([^']*)' is invalid for '--format/
    guard let name = message.firstMatch(of: invalid)?.1 else { return nil }
    return renamedFormats[String(name)].map { "Unknown format '\(name)': use '\($0)' instead." }
  }

  private static func unknownOption(
    _ message: String,
    of command: any ParsableCommand.Type
  ) -> String? {
    guard let name = message.firstMatch(of: /^Unknown option '(--[^']*)'/)?.1 else { return nil }
    return "Unknown option '\(name)'." + suggestion(for: String(name), among: options(of: command))
  }

  private static func unknownCommand(
    _ message: String,
    of command: any ParsableCommand.Type
  ) -> String? {
    let commands = command.configuration.subcommands.compactMap { $0.configuration.commandName }
    let unexpected = /^(?:Unexpected argument|\d+ unexpected arguments:) '([^']*)'/
    guard !commands.isEmpty, let name = message.firstMatch(of: unexpected)?.1 else { return nil }
    return "Unknown command '\(name)'." + suggestion(for: String(name), among: commands)
  }

  /// `Did you mean '--every'?`, where a name is one or two slips away.
  private static func suggestion(for name: String, among names: [String]) -> String {
    let limit = name.count < 6 ? 1 : 2
    let near = names.map { (name: $0, distance: name.distance(to: $0)) }
      .filter { $0.distance <= limit }.min { $0.distance < $1.distance }
    return near.map { " Did you mean '\($0.name)'?" } ?? ""
  }

  /// The long options of a command, hidden ones included.
  private static func options(of command: any ParsableCommand.Type) -> [String] {
    Strata.helpMessage(for: command, includeHidden: true, columns: 200)
      .matches(of: /(?m)^  (?:-\w, )?(--[a-z][a-z-]*)/).map { String($0.1) } + [HelpText.allName]
  }
}

extension String {
  /// How many characters must be added, taken out or replaced to get from one text to another.
  fileprivate func distance(to other: String) -> Int {
    let other = Array(other)
    var distances = Array(0...other.count)
    for (row, character) in enumerated() {
      var diagonal = distances[0]
      distances[0] = row + 1
      for column in other.indices {
        let change = diagonal + (character == other[column] ? 0 : 1)
        diagonal = distances[column + 1]
        distances[column + 1] = Swift.min(change, diagonal + 1, distances[column] + 1)
      }
    }
    return distances[other.count]
  }
}
#endif
