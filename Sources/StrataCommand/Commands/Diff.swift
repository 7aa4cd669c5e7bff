// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCharts
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataQuery

/// `strata diff`: what changed between two dumps, two sets of them, or two parts of a store.
struct Diff: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two sets of captures: what changed, function by function, and why.",
    discussion: """
      The change of self time is split, without a rest, into two causes:

        more calls    = change of calls × old time per call, to the nanosecond
        slower calls  = all the rest: new calls × change of time per call

      A function without calls on one side has no time per call to compare: its change is all more \
      calls. Functions that one side does not know are marked + (appeared) or - (vanished).

      EXAMPLES
        strata diff before.prof after.prof
        strata diff before/*.prof --with after/*.prof --per-capture
        strata diff --old ..2026-01-05T09:06:00Z --new 2026-01-05T09:06:00Z..
        strata diff --old 2h..1h --new 1h.. --where endpoint=search --per-capture
        strata diff --old-where version=1.4 --new-where version=1.5 --by name
        strata diff before/ after/ --strip-dirs --format svg -o change.svg
      """
  )

  /// The forms of output.
  enum Format: String, ChoiceArgument {
    case text, svg, html, json, csv, ndjson

    /// Whether the output is for programs, which get every function unless told otherwise.
    var isData: Bool { [.json, .csv, .ndjson].contains(self) }
  }

  @OptionGroup var source: ComparisonSource

  @Option(
    name: .customLong("by"),
    help: "What is the same function: file, line and name, or file and name alone."
  )
  var grouping = ProfileComparison.Grouping.function

  @Option(help: "What comes first: the largest change of a figure, or the first name.")
  var sort = ProfileComparison.Order.selfTime

  @Option(
    help: ArgumentHelp(
      "How many functions are named. (default: 20 in text and pictures, all in json, csv, ndjson)",
      valueName: "count"
    )
  )
  var top: Int?

  @Flag(help: "Divide both sides by their captures, so that more traffic is no change.")
  var perCapture = false

  @OptionGroup var functions: FunctionOptions

  @Option(help: "The form of the output.")
  var format = Format.text

  @Option(help: ArgumentHelp("The title of the picture.", valueName: "text"))
  var title: String?

  @OptionGroup var picture: PictureOptions
  @OptionGroup var csv: CSVOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let top, top < 0 { throw ValidationError("--top must not be negative.") }
    try csv.check(isCSV: format == .csv)
  }

  func run() async throws {
    let query = ComparisonQuery(
      old: .all,
      new: .all,
      grouping: grouping,
      functions: try functions.pattern(),
      stripsDirectories: functions.stripDirs,
      isPerCapture: perCapture
    )
    let output = try output.output(reading: source.files)
    let comparison = try await source.comparison(query).sorted(by: sort)
    let count = top ?? (format.isData ? comparison.functions.count : 20)
    let rendering = DiffRendering(
      comparison: comparison.keeping(count),
      order: sort,
      labels: source.labels(title: title, function: functions.function)
    )
    if format.isData {
      try rendering.writeData(format, csv.texts, to: output)
    } else {
      try rendering.writePicture(format, picture, to: output)
    }
  }
}

extension ProfileComparison.Grouping: ChoiceArgument {}
extension ProfileComparison.Order: ChoiceArgument {}
#endif
