// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCharts
import StrataCore
import StrataFormats
import StrataQuery

/// `strata inputs`: which kinds of input are slow, and which functions make them so.
struct Inputs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inputs",
    abstract: "Compare inputs: which label values cost what, and which functions make them slow.",
    discussion: """
      Each value of a label is compared, per capture, with all captures that have another value, so \
      that a frequent input is not taken for a slow one. Beneath each value stand the functions \
      that make the difference, with the difference split into more calls and slower calls. Values \
      are sorted by the self time that they took in all.

      EXAMPLES
        strata inputs --key input
        strata inputs profiles/ --key endpoint --since 2h
        strata inputs --key input --where endpoint=search --function 'difflib' --format json
      """
  )

  /// The forms of output.
  enum Format: String, ChoiceArgument {
    case table, json, csv
  }

  @OptionGroup var source: ProfileSource

  @Option(
    name: .customLong("key"),
    parsing: .singleValue,
    help: ArgumentHelp("The label to compare; may be given again. (default: every label)")
  )
  var keys: [String] = []

  @Option(
    help: ArgumentHelp(
      "How many functions are named for each value. (default: 3 in the table, all in json)",
      valueName: "count"
    )
  )
  var top: Int?

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var functions: FunctionOptions

  @Option(help: "The form of the output.")
  var format = Format.table

  @OptionGroup var picture: PictureOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let top, top < 0 { throw ValidationError("--top must not be negative.") }
  }

  func run() throws {
    let query = InputQuery(
      try selection.selection(),
      keys: keys.isEmpty ? nil : keys,
      functions: try functions.pattern(),
      stripsDirectories: functions.stripDirs,
      topFunctions: top ?? (format == .table ? 3 : nil)
    )
    let (store, failures) = try source.open()
    try output.write(bytes(of: try store.inputs(query)))
    try ProfileSource.report(failures)
  }

  private func bytes(of comparison: InputComparison) -> [UInt8] {
    switch format {
    case .json:
      var json = JSONWriter()
      json.inputComparison(comparison)
      json.endDocument()
      return json.bytes
    case .csv:
      return InputComparisonTable(comparison).csv
    case .table:
      let canvas = picture.canvas(isFile: output.path != nil)
      return Array(table(comparison, canvas).utf8)
    }
  }

  private func table(_ comparison: InputComparison, _ canvas: Canvas) -> String {
    InputTable(
      comparison,
      options: .init(
        width: canvas.width,
        colors: canvas.colors,
        isUnicode: canvas.isUnicode,
        functions: top ?? 3,
        subtitle: selection.summary
      )
    ).text
  }
}
#endif
