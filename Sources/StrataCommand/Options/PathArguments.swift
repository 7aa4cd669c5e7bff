// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser

/// Paths that came as one argument: mostly one, or a long run of them.
///
/// ArgumentParser copies all values of an argument with each one that it adds, so that 10,000 paths
/// took 2.6 s. ``joined(_:)`` hands it a long run in one piece.
struct PathArguments: ExpressibleByArgument {
  /// The byte that no argument of a process can hold.
  private static let separator = UInt8(0)
  /// How many arguments without a dash in a row are a long run.
  private static let longRun = 64

  let paths: [String]

  init(argument: String) {
    paths = argument.utf8.split(separator: Self.separator, omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
  }

  /// The arguments with each long run that can only be paths as one.
  ///
  /// The first two of a run stay: they may be a command, or the value of the option before.
  static func joined(_ arguments: [String]) -> [String] {
    // What follows are the arguments of another program.
    if arguments.first == Run.configuration.commandName { return arguments }
    var result: [String] = []
    var rest = arguments[...]
    while !rest.isEmpty {
      let run = rest.prefix { !$0.hasPrefix("-") }
      result += run.prefix(2)
      let paths = run.dropFirst(2)
      result += paths.count < longRun ? Array(paths) : [paths.joined(separator: "\0")]
      // Then the option that ended the run.
      rest = rest.dropFirst(run.count)
      result += rest.prefix(1)
      rest = rest.dropFirst()
    }
    return result
  }
}

extension [PathArguments] {
  /// All paths in their order.
  var paths: [String] { flatMap(\.paths) }
}
#endif
