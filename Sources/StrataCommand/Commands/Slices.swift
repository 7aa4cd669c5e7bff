// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataQuery

/// `strata slices`: profiles summed over slices of time, drawn as stacked bars.
struct Slices: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "slices",
    abstract: "Sum captures over slices of time, function by function, and draw them.",
    discussion: """
      Slices are half-open and aligned to the epoch in UTC; a capture belongs to the slice in which \
      it started, even where it lasted longer than a slice. Values are sums of whole nanoseconds: \
      the layers and 'other' add up to the total of each slice, exactly.

      METRICS (pstats' names in brackets)
        self (tottime)              time in the function itself; layers add up
        cumulative (cumtime)        time in it and all it calls; layers overlap
        calls (ncalls), pcalls      all calls; calls that are no recursion
        self-per-call               self time by calls, as lines
        cumulative-per-call         cumulative time by primitive calls, as lines
        captures                    the number of captures; by label or all

      EXAMPLES
        strata slices profiles/
        strata slices --every 1m --where endpoint=/search --stat mean
        strata slices --every 1h --since 7d --explain
        strata slices --metric calls --by label:input --since 2h --format html -o a.html
        strata slices profiles/ --format csv | duckdb -c "from '/dev/stdin' limit 5"
      """
  )

  /// The forms of output.
  enum Format: String, ChoiceArgument {
    case bars, table, svg, html, json, csv, ndjson

    /// Whether the output is for programs, which get every series unless told otherwise.
    var isData: Bool { [.json, .csv, .ndjson].contains(self) }
  }

  @OptionGroup var source: ProfileSource

  @Option(help: ArgumentHelp("The width of a slice: 10s, 1m, 1h30m, 1d.", valueName: "duration"))
  var every = DurationArgument(.seconds(10))

  @Option(help: "What is measured: see METRICS.")
  var metric = MetricArgument(.selfTime)

  @Option(
    name: .customLong("stat"),
    help: """
      How the captures of a slice become one value: with anything but sum, more traffic is not \
      taken for slower code.
      """
  )
  var statistic = Statistic.sum

  @Option(
    help:
      "Where slices begin: at multiples of their width since the epoch, or at the first capture."
  )
  var align = SlicedSeries.Alignment.epoch

  @Option(
    name: .customLong("by"),
    help: ArgumentHelp(
      "What a layer is: function, file, module, label:KEY or all. (default: function)",
      valueName: "grouping"
    )
  )
  var grouping: GroupingArgument?

  @Option(
    help: ArgumentHelp(
      "How many layers are named. (default: 10 in pictures and tables, all in json, csv, ndjson)",
      valueName: "count"
    )
  )
  var top: Int?

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var functions: FunctionOptions

  @Flag(help: "Count each capture as often as its weight says: the values are then estimates.")
  var weighted = false

  @Flag(help: "Print what the store reads to answer, instead of the answer.")
  var explain = false

  @Flag(help: "Answer from single captures alone, as a check: the answer is the same.")
  var noRollups = false

  @Option(help: "The form of the output.")
  var format = Format.bars

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
    let query = try query()
    let output = try output.output(reading: source.files)
    let (store, failures) = try await source.open()
    if explain {
      let explanation = try await store.explain(query)
      try output.writeData { try $0(Array("\(explanation)".utf8)) }
    } else {
      try write(try await store.slices(query), to: output)
    }
    try ProfileSource.report(failures)
  }

  private func write(_ result: SlicedSeries, to output: Output) throws {
    let rendering = SlicesRendering(result: result, subtitle: selection.summary, title: title)
    if format.isData {
      try rendering.writeData(format, csv.texts, to: output)
    } else {
      try rendering.writePicture(format, picture, to: output)
    }
  }

  private func query() throws -> SliceQuery {
    SliceQuery(
      try selection.selection(),
      metric: metric.value,
      statistic: statistic,
      every: every.value,
      alignment: align,
      grouping: grouping?.value ?? (metric.value == .captures ? .all : .function),
      functions: try functions.pattern(),
      stripsDirectories: functions.stripDirs,
      top: top ?? (format.isData ? nil : 10),
      isWeighted: weighted,
      resolution: noRollups ? .captures : .any
    )
  }
}
#endif
