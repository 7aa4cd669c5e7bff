// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCharts
import StrataCore
import StrataQuery
import StrataService

/// `strata flame`: where the time of captures went, callers above and callees below.
struct Flame: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "flame",
    abstract: "Draw a flame graph: callers above, the functions they call below.",
    discussion: """
      Adds up the captures and draws them: on a terminal as a tree of lines, otherwise as one SVG \
      file. In a browser, click to zoom and press Ctrl-F to search. The file is self-contained, \
      and shows the same graph where scripts are disabled.

      A dump records the callers of each function, not whole stacks. Frames in full colour show \
      times that the dump records; below a function called from several places, time is \
      apportioned by its callers' times and drawn faint. Widths add up to the total time, to the \
      nanosecond. Recursive calls are folded into the first call.

      EXAMPLES
        strata flame app.prof
        strata flame app.prof -o app.svg
        strata flame profiles/ --where endpoint=search --since 2h -o search.svg
        strata flame app.prof --min-share 1% --width 800 | rsvg-convert > app.png
        strata flame app.prof --format csv | duckdb -c "from '/dev/stdin' limit 5"
      """
  )

  @OptionGroup var source: ProfileSource
  @OptionGroup var selection: SelectionOptions

  @Flag(
    help: "Shorten file names to their last component; functions that become identical are summed."
  )
  var stripDirs = false

  @Option(help: ArgumentHelp("The title of the graph.", valueName: "text"))
  var title: String?

  @Option(
    help: ArgumentHelp(
      "The width of the graph: pixels for svg and html (default: 1200), columns for text.",
      valueName: "number"
    )
  )
  var width: Int?

  @Option(
    help: ArgumentHelp(
      """
      Omit functions with a smaller share of the time: 0.001, or 0.1%. (default: 1% in text, else \
      a tenth of a pixel)
      """,
      valueName: "share"
    )
  )
  var minShare: ShareArgument?

  @Option(help: "The output format. (default: text on a terminal, else svg)")
  var format: FormatArgument<RenderedTree>?

  @Option(
    help: ArgumentHelp(
      "When to use colours; auto means on a terminal, unless NO_COLOR is set.",
      visibility: .hidden
    )
  )
  var color = PictureOptions.ColorMode.auto

  @OptionGroup(visibility: .hidden) var csv: CSVOptions
  @OptionGroup var output: OutputOptions

  /// The share below which a line of text is not worth reading.
  private static let shareInText = 0.01

  func validate() throws {
    if let format { try csv.check(format.value) }
    let isText = format?.value == .text
    let widths = isText ? PictureOptions.widths : 480...20_000
    if let width, !widths.contains(width) {
      throw ValidationError("--width must be from \(widths.lowerBound) to \(widths.upperBound).")
    }
  }

  func run() async throws {
    let output = try output.output(reading: source.files)
    let format = format?.value ?? (output.isTerminal && width == nil ? .text : .svg)
    let merged = try await MergedProfile(source, selection.selection())
    let profile = stripDirs ? merged.profile.strippingDirectories() : merged.profile
    let pixels = format == .text ? nil : width
    let options = FlameGraph.Options(
      width: pixels ?? FlameGraph.Options.defaultWidth,
      title: title,
      subtitle: subtitle(merged),
      kind: merged.kind,
      clock: merged.clock
    )
    let share =
      minShare?.share.value ?? (format == .text ? Self.shareInText : options.minimumShare)
    let tree = try CallTree(profile, options: .init(minimumShare: share))
    try output.write(
      RenderedTree(tree, captures: merged.captures, options: options),
      format,
      { color.style(width: format == .text ? width : nil, isTerminal: $0) },
      csv.options
    )
    try ProfileSource.report(merged.failures)
  }

  /// The dump by its name, or the number of captures, and which of all they are.
  private func subtitle(_ merged: MergedProfile) -> String {
    let count = merged.captures == 1 ? "1 capture" : "\(merged.captures) captures"
    let isOneDump = source.paths.count == 1 && merged.captures == 1
    let name = isOneDump ? source.paths[0].split(separator: "/").last.map(String.init) : nil
    return [name ?? count, selection.summary].compactMap(\.self).joined(separator: " · ")
  }
}

/// A part of a whole as an argument: `0.001`, `0.1%`.
struct ShareArgument: ExpressibleByArgument {
  var share: Share

  init?(argument: String) {
    guard let share = Share(parsing: argument) else { return nil }
    self.share = share
  }
}
#endif
