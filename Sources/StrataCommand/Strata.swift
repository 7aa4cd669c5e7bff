// SPDX-License-Identifier: Apache-2.0

#if Tools
package import ArgumentParser
import CStrataSystem

/// The command line: one file per command in `Commands`, and the only place that names stores.
package struct Strata: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "strata",
    abstract: "Keep profiles over time, exactly, and see where the time went.",
    discussion: """
      Strata reads the dumps of Python's profilers, stores each of them unchanged with its time \
      and labels, sums them over slices of time, and draws stacked bars.

      EXAMPLES
        strata run -- python3 app.py            profile a program while it runs
        strata import profiles/                 store a folder of dumps
        strata info                             what the store contains
        strata slices --every 1m                where the time went
        strata inputs --key input               what each input costs
        strata diff before.prof after.prof      what changed, and why
        strata report app.prof --sort tottime   one dump, as pstats prints it
        strata flame app.prof -o app.svg        who called whom

      STORE
        One file: --store FILE, else $STRATA_STORE, else $XDG_DATA_HOME/strata/strata.db.

      EXIT CODES
        0 success; 64 usage error; 65 invalid data; 66 missing input; 69 temporarily unavailable; \
      70 internal error; 73 cannot write output. 'strata run' exits with the program's code.

      COMPLETION
        strata --generate-completion-script zsh > ~/.zfunc/_strata   (or bash, fish)
      """,
    version: "0.1.0",
    groupedSubcommands: [
      CommandGroup(name: "Collect", subcommands: [Run.self, Import.self]),
      CommandGroup(name: "Ask", subcommands: [Slices.self, Inputs.self, Diff.self]),
      CommandGroup(name: "Look", subcommands: [Report.self, Browse.self, Flame.self]),
      CommandGroup(name: "Keep and send", subcommands: [Info.self, StoreCommand.self]),
    ]
  )

  package init() {}

  /// Runs the command that the arguments name, and turns its failure into one line and a code.
  package static func main() async {
    // glibc would give the arrays of each large dump back to the system and take them again, zeroed
    // page by page: a third of the time of adding up many.
    strata_keep_freed(3 << 19, 256 << 20)
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      var command = try command(from: arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error where isOfArguments(error) {
      HelpText.prepare()
      if let help = HelpText(answering: error, to: arguments) {
        print(help.text, terminator: "")
        exit()
      }
      if let wrongCall = WrongCall(error, arguments) {
        Diagnostics.print(lines: wrongCall.text)
        exit(withError: ExitCode.validationFailure)
      }
      exit(withError: error)
    } catch {
      let failure = CommandError(error)
      Diagnostics.error(failure.description)
      exit(withError: ExitCode(failure.code.rawValue))
    }
  }

  /// Errors are those of the arguments as they were given.
  private static func command(from arguments: [String]) throws -> any ParsableCommand {
    let arguments = HelpText.translated(arguments)
    let joined = PathArguments.joined(arguments)
    if joined.count < arguments.count, let command = try? parseAsRoot(joined) { return command }
    return try parseAsRoot(arguments)
  }

  /// Whether ArgumentParser made the error: it prints usage, help and versions by itself.
  private static func isOfArguments(_ error: any Error) -> Bool {
    error is ExitCode || error is CleanExit || error is ValidationError
      || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }
}
#else
/// What remains of the command line without its trait.
package struct Strata {
  package static func main() async {
    print("strata was built without its command line: enable the package trait 'Tools'.")
  }
}
#endif
