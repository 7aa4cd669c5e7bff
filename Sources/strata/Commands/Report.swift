// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataFormats

/// `strata report`: the statistics of one dump, or of several added up.
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Print the statistics of a dump, or of several added up, losing nothing.",
    discussion: """
      Dumps are added up in the order given, as pstats.Stats(a).add(b).add(c) does. The output is \
      JSON in the schema strata/profile/1: every function by file, line and name, with its callers; \
      times are the dump's seconds, bit for bit.

      EXAMPLES
        strata report app.prof | jq '.functions | max_by(.selfTime)'
        strata report --strip-dirs monday.prof tuesday.prof
      """
  )

  /// The forms of output.
  enum Format: String, ChoiceArgument {
    case json
  }

  @Argument(help: "Dumps of cProfile, profile, pstats, yappi and others.", completion: .file())
  var dumps: [String]

  @Flag(name: .long, help: "Remove the folders from file names; functions that meet are summed.")
  var stripDirs = false

  @Flag(
    name: .long,
    help: """
      Do as CPython does where CPython loses data: of two callers that --strip-dirs makes the \
      same, the last one wins instead of the sum.
      """
  )
  var likeCpython = false

  @Option(help: "The form of the output.")
  var format = Format.json

  @OptionGroup var output: OutputOptions

  func run() throws {
    var merger = ProfileMerger()
    var warnings: [ProfileWarning] = []
    for path in dumps {
      let dump = try DumpSource(path: path).dump()
      merger.add(dump.profile)
      warnings += dump.warnings
    }
    var profile = merger.profile
    if stripDirs {
      profile = profile.strippingDirectories(callerCollision: likeCpython ? .lastWins : .summed)
    }
    var json = JSONWriter()
    json.profile(profile, warnings: warnings)
    json.endDocument()
    try output.write(json.bytes)
    for warning in warnings { Diagnostics.warn("\(warning)") }
  }
}
#endif
