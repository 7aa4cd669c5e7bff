// SPDX-License-Identifier: Apache-2.0

#if Tools

/// The commands of the browser: those of `python -m pstats`, and then Strata's own.
enum BrowserCommand: String, CaseIterable {
  case read, add, sort, reverse, strip, stats, callers, callees, json, slices, diff, help, quit

  /// The command that a word names; `EOF` is what pstats takes for the end of the input.
  init?(word: String) {
    switch word {
    case "EOF", "exit": self = .quit
    case "?": self = .help
    default: self.init(rawValue: word)
    }
  }

  /// How the command is written, and what it does.
  var summary: (usage: String, purpose: String) {
    switch self {
    case .read: ("read [DUMP]", "read a dump, replacing all others; without DUMP, read it again")
    case .add: ("add DUMP", "add another dump to the loaded ones")
    case .sort: ("sort [KEY…]", "sort functions; without a key, list the keys")
    case .reverse: ("reverse", "reverse the sort order")
    case .strip: ("strip", "remove the folders from file names")
    case .stats: ("stats [LIMIT…]", "print the figures of functions")
    case .callers: ("callers [LIMIT…]", "print their callers")
    case .callees: ("callees [LIMIT…]", "print their callees")
    case .json: ("json [--force] [FILE]", "print everything as JSON, or write it to a file")
    case .slices: ("slices [ARGUMENT…]", "sum over slices of time, as 'strata slices' does")
    case .diff: ("diff DUMP… [OPTION…]", "compare the loaded dumps with others")
    case .help: ("help [COMMAND]", "list the commands, or explain one")
    case .quit: ("quit", "quit, as the end of the input does")
    }
  }

  /// What there is to know besides the purpose.
  var details: String? {
    switch self {
    case .stats, .callers, .callees:
      """
      A LIMIT is a number of functions, a share of them from 0 to 1, or a regular expression that
      matches somewhere in 'file:line(name)'. Several limits are applied in order.
      """
    case .sort:
      "Each further key breaks ties of those before it; abbreviations are as in pstats."
    case .json:
      "An existing file is replaced only with --force, a loaded dump never."
    case .slices:
      """
      Takes the arguments of 'strata slices' (see 'strata slices --help'); without a path, it uses
      the loaded dumps. An existing file is replaced only with --force.
      """
    case .diff:
      """
      Takes the options of 'strata diff' (see 'strata diff --help'). An existing file is
      replaced only with --force.
      """
    default: nil
    }
  }

  /// The word that lets an existing file be replaced.
  static let force = "--force"

  /// All commands, a line each.
  static var overview: String {
    allCases.map { command in
      let (usage, purpose) = command.summary
      return "  " + usage + String(repeating: " ", count: 22 - usage.count) + purpose + "\n"
    }.joined()
  }
}
#endif
