// SPDX-License-Identifier: Apache-2.0

#if Tools
import Foundation
import Testing

@Suite struct HelpTests {
  @Test(arguments: [
    "run", "import", "info", "slices", "inputs", "diff", "report", "browse", "flame",
  ])
  func `each command has a manual with examples`(command: String) throws {
    let outcome = try Tool.run([command, "--help"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("EXAMPLES"))
    #expect(outcome.output.contains("strata \(command)"))
    #expect(try Tool.run(["help", command]).output == outcome.output)
  }

  @Test(arguments: ["verify", "prune", "compact", "rollup", "backup", "export", "upgrade"])
  func `each command about stores has a manual with examples`(command: String) throws {
    let outcome = try Tool.run(["store", command, "--help"])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("EXAMPLES\n  strata store \(command)"))
  }

  @Test func `commands are listed in groups`() throws {
    let help = try Tool.run(["--help"]).output
    let groups = help.matches(of: #/(?m)^([A-Z ]+):\n\s+/#).map { String($0.1) }
    #expect(groups == ["OPTIONS", "COLLECT", "ASK", "LOOK", "KEEP AND SEND"])
    #expect(help.contains("KEEP AND SEND:\n  info"))
  }

  @Test(arguments: [60, 80, 100, 140])
  func `help follows the width of the terminal`(columns: Int) throws {
    let help = try Tool.run(["slices", "--help"], environment: ["COLUMNS": "\(columns)"]).output
    let widest = try #require(Self.described(help).map(\.count).max())
    #expect(widest <= columns && widest > columns - 20)
  }

  @Test(arguments: [
    ["--help"], ["run", "--help"], ["slices", "--help"], ["store", "export", "--help"],
  ])
  func `an indented line that is wrapped stays indented`(arguments: [String]) throws {
    let help = try Tool.run(arguments, environment: ["COLUMNS": "60"]).output
    let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { !$0.hasPrefix("USAGE") }
    #expect(lines.contains { $0.hasPrefix("  strata ") })
    for (line, next) in zip(lines, lines.dropFirst()) where line.hasPrefix("  ") {
      #expect(next.isEmpty || next.hasPrefix("  "))
      #expect(line.count <= 60)
    }
  }

  @Test(arguments: ["0", "x", "-3", "5"])
  func `odd widths do no harm`(columns: String) throws {
    let help = try Tool.run(["slices", "--help"], environment: ["COLUMNS": columns])
    #expect(help.status == 0 && help.output.contains("EXAMPLES"))
  }

  /// The lines of arguments and options, which are wrapped.
  private static func described(_ help: String) -> ArraySlice<Substring> {
    help.split(separator: "\n").drop { $0 != "ARGUMENTS:" }
  }

  @Test func `help of slices fits on a page, and all options are a word away`() throws {
    let help = try Tool.run(["slices", "--help"]).output
    let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 46 && lines.allSatisfy { $0.count <= 100 })
    #expect(help.contains("--help-all") && !help.contains("--no-rollups"))
    let all = try Tool.run(["slices", "--help-all"])
    #expect(all.status == 0)
    for option in ["--no-rollups", "--explain", "--weighted", "--raw-csv", "--color", "--every"] {
      #expect(all.output.contains("  \(option)"), "\(option)")
    }
  }

  @Test func `help that hides nothing does not say so`() throws {
    #expect(try !Tool.run(["browse", "--help"]).output.contains("--help-all"))
    #expect(try Tool.run(["browse", "--help-all"]).status == 0)
  }

  /// What was typed, and what the answer must say.
  private static let wrongCalls: [(arguments: [String], answer: String)] = [
    (["diff", "x", "--old", "..1h"], "Unknown option '--old': use '--before' instead."),
    (["diff", "x", "--new=1h.."], "Unknown option '--new': use '--after' instead."),
    (["diff", "a", "--with", "b"], "Unknown option '--with': use '--after' instead."),
    (["diff", "--old-where", "a=1"], "Unknown option '--old-where': use '--before' instead."),
    (["diff", "--new-where", "a=1"], "Unknown option '--new-where': use '--after' instead."),
    (["diff", "a", "b", "--per-capture"], "use '--stat mean' instead."),
    (["slices", "--kind", "traced"], "use '--where @kind=traced' instead."),
    (["flame", "--clock=cpu"], "use '--where @clock=cpu' instead."),
    (["report", "--kind"], "use '--where @kind=…' instead."),
    (["store", "info", "--store", "s.db"], "'strata store info' is now 'strata info'."),
    (["slices", "--format", "bars"], "Unknown format 'bars': use 'text' instead."),
    (["inputs", "--format", "table"], "Unknown format 'table': use 'text' instead."),
    (["slices", "--evry", "1m"], "Unknown option '--evry'. Did you mean '--every'?"),
    (["slices", "--no-rolups"], "Unknown option '--no-rolups'. Did you mean '--no-rollups'?"),
    (["slices", "--entirely-unknown"], "Unknown option '--entirely-unknown'.\nUsage"),
    (["slice"], "Unknown command 'slice'. Did you mean 'slices'?"),
    (["store", "verfy"], "Unknown command 'verfy'. Did you mean 'verify'?"),
    (["import", "--kind", "x", "y"], "invalid for '--kind <kind>'"),
  ]

  @Test(arguments: wrongCalls.indices)
  func `an unknown name is answered with the one that was meant`(index: Int) throws {
    let call = Self.wrongCalls[index]
    let outcome = try Tool.run(call.arguments)
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    #expect(outcome.errors.contains(call.answer), "\(outcome.errors)")
  }

  @Test func `the version is a version`() throws {
    let outcome = try Tool.run(["--version"])
    #expect(outcome.status == 0)
    #expect(outcome.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `shells can complete`(shell: String) throws {
    let outcome = try Tool.run(["--generate-completion-script", shell])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("slices"))
  }
}
#endif
