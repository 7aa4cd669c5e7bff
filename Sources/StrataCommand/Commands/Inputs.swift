// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataQuery
import StrataService

/// `strata inputs`: which kinds of input are slow, and which functions make them so.
struct Inputs: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "inputs",
    abstract: "Compare inputs: what each label value costs, and which functions make it slow.",
    discussion: """
      Each value of a label is compared, per capture, with the captures that have any other value, so \
      a frequent input is not mistaken for a slow one. Below each value are the functions that make \
      the difference, split into more calls and slower calls. Values are sorted by total self time.

      EXAMPLES
        strata inputs --key input
        strata inputs profiles/ --key endpoint --since 2h
        strata inputs --key input --where endpoint=search --function 'difflib' --format json
      """
  )

  @OptionGroup var source: ProfileSource

  @Option(
    name: .customLong("key"),
    parsing: .singleValue,
    help: ArgumentHelp(
      "Label to compare; may be repeated. (default: every label)"
    )
  )
  var keys: [String] = []

  @Option(
    help: ArgumentHelp(
      "How many functions to name for each value. (default: 3; all in json and ndjson)",
      valueName: "count"
    )
  )
  var top: Int?

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var functions: FunctionOptions

  @Option(help: "The output format.")
  var format = FormatArgument<RenderedInputs>()

  @OptionGroup(visibility: .hidden) var picture: PictureOptions
  @OptionGroup(visibility: .hidden) var csv: CSVOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let top, top < 0 { throw ValidationError("--top must not be negative.") }
    try csv.check(format.value)
  }

  func run() async throws {
    let query = InputQuery(
      try selection.selection(),
      keys: keys.isEmpty ? nil : keys,
      functions: try functions.pattern(),
      stripsDirectories: functions.stripDirs,
      topFunctions: top ?? (format.value.isData ? nil : 3)
    )
    let output = try output.output(reading: source.files)
    let (store, failures) = try await source.open()
    let inputs = RenderedInputs(
      try await store.inputs(query),
      functions: top ?? 3,
      subtitle: selection.summary
    )
    try output.write(inputs, format.value, picture.style, csv.options)
    try ProfileSource.report(failures)
  }
}
#endif
