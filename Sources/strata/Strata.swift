// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser

/// The command line: one file per command in `Commands`, and the only place that names stores.
@main
struct Strata: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strata",
    abstract: "Keep profiles over time, exactly, and see where the time went.",
    version: "0.1.0",
    subcommands: [Import.self, Slices.self, Inputs.self, Report.self]
  )

  /// Runs the command that the arguments name, and turns its failure into one line and a code.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error where isOfArguments(error) {
      exit(withError: error)
    } catch {
      let failure = CommandError(error)
      Diagnostics.error(failure.description)
      exit(withError: ExitCode(failure.code.rawValue))
    }
  }

  /// Whether ArgumentParser made the error: it prints usage, help and versions by itself.
  private static func isOfArguments(_ error: any Error) -> Bool {
    error is ExitCode || error is CleanExit || error is ValidationError
      || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }
}
#else
@main
struct Strata {
  static func main() {
    print("strata was built without its command line: enable the package trait 'Tools'.")
  }
}
#endif
