// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataQuery
import StrataService

/// `strata slices`: profiles summed over slices of time, drawn as stacked bars.
struct Slices: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "slices",
    abstract: "Sum captures over slices of time and draw them as stacked bars.",
    discussion: """
      A capture belongs to the slice in which it started. The layers and 'other' add up to the \
      total of each slice, to the nanosecond.

      METRICS (pstats' names in parentheses)
        self (tottime)           time in the function itself; layers add up
        cumulative (cumtime)     time in it and everything it calls; layers overlap
        calls (ncalls), pcalls   all calls of functions; calls not made through recursion
        self-per-call, cumulative-per-call   the same, divided by calls as in pstats
        captures, duration       how many there are; how long they took (--by label:KEY or all)

      EXAMPLES
        strata slices profiles/
        strata slices --every 1m --where endpoint=/search --stat mean
        strata slices --metric calls --by label:input --since 2h --format html -o calls.html
        strata slices profiles/ --format csv | duckdb -c "from '/dev/stdin' limit 5"
      """
  )

  @OptionGroup var source: ProfileSource

  @Option(help: ArgumentHelp("The width of a slice: 10s, 1m, 1h30m, 1d.", valueName: "duration"))
  var every = DurationArgument(.seconds(10))

  @Option(help: "What to measure; see METRICS.")
  var metric = MetricArgument(.selfTime)

  @Option(
    name: .customLong("stat"),
    help:
      "Sum the captures of a slice, or show a figure per capture, which does not depend on traffic."
  )
  var statistic = Statistic.sum

  @Option(
    help: ArgumentHelp(
      "Where slices begin: at multiples of their width since the epoch, or at the first capture.",
      visibility: .hidden
    )
  )
  var align = SlicedSeries.Alignment.epoch

  @Option(
    name: .customLong("by"),
    help: ArgumentHelp(
      "What a layer is: function (default), file, module, label:KEY or all.",
      valueName: "grouping"
    )
  )
  var grouping: GroupingArgument?

  @Option(
    help: ArgumentHelp(
      "How many layers to name. (default: 10; all in json, csv and ndjson)",
      valueName: "count"
    )
  )
  var top: Int?

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var functions: FunctionOptions

  @Flag(
    help: ArgumentHelp(
      "Multiply each capture by its weight; the values are then estimates.",
      visibility: .hidden
    )
  )
  var weighted = false

  @Flag(
    help: ArgumentHelp(
      "Print which roll-ups and captures the store would read, instead of the result.",
      visibility: .hidden
    )
  )
  var explain = false

  @Flag(
    help: ArgumentHelp(
      "Read single captures only, as a check; the result is the same.",
      visibility: .hidden
    )
  )
  var noRollups = false

  @Option(help: "The output format.")
  var format = FormatArgument<RenderedSlices>()

  @Option(help: ArgumentHelp("The title of the chart.", valueName: "text", visibility: .hidden))
  var title: String?

  @OptionGroup(visibility: .hidden) var picture: PictureOptions
  @OptionGroup(visibility: .hidden) var csv: CSVOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let top, top < 0 { throw ValidationError("--top must not be negative.") }
    try csv.check(format.value)
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
    let slices = RenderedSlices(result, title: title, subtitle: selection.summary)
    try output.write(slices, format.value, picture.style, csv.options)
  }

  private func query() throws -> SliceQuery {
    SliceQuery(
      try selection.selection(),
      metric: metric.value,
      statistic: statistic,
      every: every.value,
      alignment: align,
      grouping: grouping?.value ?? (metric.value.figure.subject == .function ? .function : .all),
      functions: try functions.pattern(),
      stripsDirectories: functions.stripDirs,
      top: top ?? (format.value.isData ? nil : 10),
      isWeighted: weighted,
      resolution: noRollups ? .captures : .any
    )
  }
}
#endif
