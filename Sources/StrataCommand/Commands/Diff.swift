// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataQuery
import StrataService

/// `strata diff`: what changed between two dumps, two sets of them, or two parts of a store.
struct Diff: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two sides: what changed, function by function, and why.",
    discussion: """
      The change of self time has two causes, which add up to it exactly:

        more calls     change of calls × time per call before
        slower calls   calls after × change of time per call

      If a function has no calls on one side, its whole change counts as more calls. Functions \
      that are on only one side are marked + (appeared) or - (vanished).

      EXAMPLES
        strata diff before.prof after.prof
        strata diff --before 2h..1h --after 1h.. --where endpoint=search --stat mean
        strata diff --before version=1.4 --after version=1.5 --by name
        strata diff --before mon/ --before tue/ --after wed/ --strip-dirs
        strata diff before/ after/ --format svg -o change.svg
      """
  )

  /// What is compared of each side.
  enum ComparedStatistic: String, ChoiceArgument {
    case sum, mean
  }

  @OptionGroup var source: ComparisonSource

  @Option(
    name: .customLong("by"),
    help: "How to match functions: by file, line and name, or by file and name only."
  )
  var grouping = ProfileComparison.Matching.function

  @Option(help: "Sort by the size of a change, or by name.")
  var sort = ProfileComparison.Order.selfTime

  @Option(
    help: ArgumentHelp(
      "How many functions to name. (default: 20; all in json, csv and ndjson)",
      valueName: "count"
    )
  )
  var top: Int?

  @Option(
    name: .customLong("stat"),
    help: "What to compare: sums, or means per capture, which do not depend on traffic."
  )
  var statistic = ComparedStatistic.sum

  @OptionGroup var functions: FunctionOptions

  @Option(help: "The output format.")
  var format = FormatArgument<RenderedComparison>()

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
    let query = ComparisonQuery(
      before: .all,
      after: .all,
      grouping: grouping,
      functions: try functions.pattern(),
      stripsDirectories: functions.stripDirs,
      isPerCapture: statistic == .mean
    )
    let output = try output.output(reading: source.files)
    let comparison = try await source.comparison(query).sorted(by: sort)
    let count = top ?? (format.value.isData ? comparison.functions.count : 20)
    let rendered = RenderedComparison(
      comparison.keeping(count),
      order: sort,
      labels: source.labels(title: title, function: functions.function)
    )
    try output.write(rendered, format.value, picture.style, csv.options)
  }
}

extension ProfileComparison.Matching: ChoiceArgument {}
extension ProfileComparison.Order: ChoiceArgument {}
#endif
