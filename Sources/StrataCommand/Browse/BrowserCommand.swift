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
    case .read: ("read [DUMP]", "read a dump in place of all others; without one, read it again")
    case .add: ("add DUMP", "add another dump to what there is")
    case .sort: ("sort [KEY…]", "put functions in order; without a key, list the keys")
    case .reverse: ("reverse", "reverse the order")
    case .strip: ("strip", "remove the folders from file names")
    case .stats: ("stats [LIMIT…]", "the figures of functions")
    case .callers: ("callers [LIMIT…]", "who called them")
    case .callees: ("callees [LIMIT…]", "whom they called")
    case .json: ("json [--force] [FILE]", "everything as JSON, here or in a file")
    case .slices: ("slices [ARGUMENT…]", "sums over slices of time, as 'strata slices'")
    case .diff: ("diff DUMP… [OPTION…]", "compare the dumps that were read with these")
    case .help: ("help [COMMAND]", "this list, or more about one command")
    case .quit: ("quit", "leave, as the end of the input does")
    }
  }

  /// What there is to know besides the purpose.
  var details: String? {
    switch self {
    case .stats, .callers, .callees:
      """
      A LIMIT is a number of functions, a share of them from 0 to 1, or a regular expression that
      matches somewhere in 'file:line(name)'. Several are applied one after the other.
      """
    case .sort:
      "Several keys decide one after the other; abbreviations are those of pstats."
    case .json:
      "An existing file is replaced only with --force, and a dump that was read never."
    case .slices:
      """
      The arguments are those of 'strata slices', see 'strata slices --help'; without a path, the
      dumps that were read are meant. An existing file is replaced only with --force.
      """
    case .diff:
      """
      The options are those of 'strata diff', see 'strata diff --help'. An existing file is
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
