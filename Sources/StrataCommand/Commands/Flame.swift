// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCharts
import StrataCore
import StrataQuery

/// `strata flame`: where the time of captures went, callers above and callees below.
struct Flame: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "flame",
    abstract: "Draw a flame graph: callers above, the functions they call below.",
    discussion: """
      Adds up the captures and draws them as one SVG file. In a browser, click to zoom and press \
      Ctrl-F to search. The file loads nothing from elsewhere and is the same picture without scripts.

      A dump records the callers of each function, not whole stacks. Full colour is what the dump \
      records; below a function called from several places, time is apportioned by its callers' times \
      and drawn faint. Widths add up to the time of the captures, to the nanosecond. Recursive calls \
      are folded into the first call.

      EXAMPLES
        strata flame app.prof -o app.svg
        strata flame profiles/ --where endpoint=search --since 2h -o search.svg
        strata flame app.prof --min-share 1% --width 800 | rsvg-convert > app.png
      """
  )

  @OptionGroup var source: ProfileSource
  @OptionGroup var selection: SelectionOptions

  @Flag(
    help: "Shorten file names to their last component; functions that become identical are summed."
  )
  var stripDirs = false

  @Option(help: ArgumentHelp("The title of the picture.", valueName: "text"))
  var title: String?

  @Option(help: ArgumentHelp("The width of the picture in pixels.", valueName: "pixels"))
  var width = FlameGraph.Options.defaultWidth

  @Option(
    help: ArgumentHelp(
      """
      Omit functions with a smaller share of the time: 0.001, or 0.1%. (default: a tenth of a pixel)
      """,
      valueName: "share"
    )
  )
  var minShare: ShareArgument?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (480...20_000).contains(width) else {
      throw ValidationError("--width must be 480 to 20000.")
    }
  }

  func run() async throws {
    let output = try output.output(reading: source.files)
    let merged = try await MergedProfile(source, selection.selection())
    let profile = stripDirs ? merged.profile.strippingDirectories() : merged.profile
    let options = FlameGraph.Options(
      width: width,
      title: title,
      subtitle: subtitle(merged),
      kind: merged.kind,
      clock: merged.clock
    )
    let share = minShare?.value ?? options.minimumShare
    let tree = try CallTree(profile, options: .init(minimumShare: share))
    try output.write { try FlameGraph(tree, options: options).write(to: $0) }
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
  var value: Double

  init?(argument: String) {
    let isPercentage = argument.hasSuffix("%")
    guard let number = Double(isPercentage ? String(argument.dropLast()) : argument) else {
      return nil
    }
    value = isPercentage ? number / 100 : number
    guard (0...1).contains(value) else { return nil }
  }
}
#endif
