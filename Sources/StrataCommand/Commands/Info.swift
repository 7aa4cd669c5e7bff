// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataSQLite

/// `strata store info`: how much a store holds, and where its bytes are.
struct StoreInfo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show how much a store holds, since when, and what it takes.",
    discussion: """
      A row is a function or a caller in one capture. Bytes a row are those of the whole file, names \
      and roll-ups included, without its free pages.

      EXAMPLES
        strata store info
        strata store info --content --store team.db
        strata store info --format json | jq .file.bytes

      EXIT CODES
        0 done; 65 the file is no store; 66 there is none
      """
  )

  /// The forms of output.
  enum Format: String, ChoiceArgument {
    case text, json
  }

  @OptionGroup var location: StoreLocation

  @Flag(help: "Add up what takes the room too, which looks at each capture.")
  var content = false

  @Option(help: "The form of the output.")
  var format = Format.text

  @OptionGroup var output: OutputOptions

  func run() throws {
    let output = try output.output(reading: SourceFiles(store: location.path))
    let statistics = try location.openForReading().statistics(measuringContent: content)
    switch format {
    case .text:
      try output.write(Array(StoreInfoText(statistics, path: location.path).text.utf8))
    case .json:
      var json = JSONWriter()
      json.storeStatistics(statistics, path: location.path)
      json.endDocument()
      try output.write(json.bytes)
    }
  }
}
#endif
