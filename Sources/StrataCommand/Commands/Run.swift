// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
// FileManager and ProcessInfo: temporary files, processors.
import Foundation
import StrataCharts
import StrataCore
import StrataQuery
import StrataService

/// `strata run`: a Python program, profiled slice by slice while it runs.
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a Python program, profile it over time, and show where its time went.",
    discussion: """
      The program needs no change: Python's own profiler, cProfile, records a profile for each \
      slice of time, in the program and in the Python processes it starts. Each profile is stored \
      at once. When the program ends, a chart of stacked bars is drawn on standard error.

      Signals are passed on to the program, and strata exits with the program's exit code.

      The Python agent comes from $STRATA_AGENT (a folder that contains strata_agent), else from \
      the program's interpreter, else from Strata's installation or source.

      EXAMPLES
        strata run -- python3 app.py --size large
        strata run --every 1s --label input=large --live -- python3 -m app
        strata run --store app.db --open -- pytest tests
        strata run --python venv/bin/python -- venv/bin/gunicorn app:app

      EXIT CODES
        The program's own, or 128 plus the signal that ended it. If it could not be started: 64 \
      usage error; 66 or 69 the store or the agent is unavailable; 126 the program cannot be run; \
      127 the program was not found
      """
  )

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The program and its arguments, after '--'.", valueName: "program")
  )
  var program: [String]

  @Option(help: ArgumentHelp("The width of a slice: 500ms, 10s, 1m.", valueName: "duration"))
  var every = DurationArgument(.seconds(10))

  @Option(
    name: .customLong("label"),
    parsing: .singleValue,
    help: ArgumentHelp("Label applied to every profile of the run.", valueName: "key=value"),
    transform: Labels.Label.init(argument:)
  )
  var labels: [Labels.Label] = []

  @OptionGroup var location: StoreLocation

  @Option(
    help: ArgumentHelp(
      """
      The interpreter of a program whose name does not begin with python. (default: python3)
      """,
      valueName: "program"
    )
  )
  var python: String?

  @Flag(help: "Draw the chart at the bottom of the terminal while the program runs.")
  var live = false

  @Flag(name: .customLong("open"), help: "Open the chart in a browser when the program ends.")
  var opensPage = false

  @OptionGroup(visibility: .hidden) var picture: PictureOptions

  func validate() throws {
    guard !program.isEmpty else {
      throw ValidationError("Name the program after '--': strata run -- python3 app.py")
    }
    guard every.value >= .milliseconds(10), every.value <= .seconds(86_400) else {
      throw ValidationError("--every must be from 10ms to 1d.")
    }
    try labels.checkArguments()
  }

  func run() async throws {
    let start = ContinuousClock.now
    let inject = try AgentFolder(python: interpreter).inject()
    try await record(into: location.open(.writing(create: true)), inject, since: start)
  }

  private func record(
    into store: some ProfileStore,
    _ inject: String,
    since start: ContinuousClock.Instant
  ) async throws {
    let jobs = ProcessInfo.processInfo.activeProcessorCount
    var recording = try RunRecording(
      store: store,
      beside: location.file,
      every: every.value,
      labels: Labels(labels),
      jobs: jobs
    )
    var child = try startProgram(inject, &recording)
    var chart = live && Terminal.isError ? LiveChart() : nil
    var drawn = 0
    while try !child.hasEnded(within: .seconds(1)) {
      await recording.look()
      guard chart != nil, recording.captureCount > drawn else { continue }
      drawn = recording.captureCount
      let (height, top) = Terminal.rows < 34 ? (4, 3) : (8, 5)
      if let text = await bars(recording, height: height, top: top) { chart?.draw(text) }
    }
    chart?.close()
    await recording.end()
    await show(recording, start.duration(to: .now))
    if let code = child.exitCode, code != 0 { throw ExitCode(code) }
  }

  /// The interpreter whose package is asked for.
  private var interpreter: String {
    if let python { return python }
    let name = program[0].split(separator: "/").last ?? ""
    return name.hasPrefix("python") || name.hasPrefix("pypy") ? program[0] : "python3"
  }

  private func startProgram(
    _ inject: String,
    _ recording: inout RunRecording<some ProfileStore>
  ) throws -> ChildProgram {
    let variables = RunEnvironment(
      inject: inject,
      spool: recording.spool,
      every: every.value,
      labels: Labels(labels)
    ).variables
    do {
      return try ChildProgram(
        lastArguments: program.count,
        name: program[0],
        adding: variables
      )
    } catch {
      recording.discard()
      throw error
    }
  }

  // MARK: - What is shown

  private func show(_ recording: RunRecording<some ProfileStore>, _ time: Duration) async {
    guard recording.captureCount > 0 else {
      return Diagnostics.warn(
        "\(program[0]): no profile was recorded; expected a Python program that runs without -S, "
          + "-I or -E, and that exits by itself or on a signal that Python can catch"
      )
    }
    if let text = await bars(recording, height: 16, top: 10) { write(text + "\n") }
    Diagnostics.print("\(recording.tally.summary) in \(time.shortText): \(location.name)")
    if opensPage { await openPage(recording) }
  }

  private func bars(
    _ recording: RunRecording<some ProfileStore>,
    height: Int,
    top: Int
  ) async -> String? {
    guard let series = try? await recording.slices(top: top) else { return nil }
    let style = picture.style(isTerminal: Terminal.isError)
    return TerminalChart(
      series,
      options: .init(
        style: style,
        height: height,
        subtitle: program.joined(separator: " ")
      )
    ).text
  }

  private func openPage(_ recording: RunRecording<some ProfileStore>) async {
    // A name that cannot be guessed: others may write into the folder as well.
    let name = "strata-run-\(UUID()).html"
    let path = FileManager.default.temporaryDirectory.appending(path: name).path
    do {
      let slices = RenderedSlices(
        try await recording.slices(top: 10),
        subtitle: program.joined(separator: " ")
      )
      let file = try OutputFile(
        path,
        existing: .refused(advice: "try again"),
        reading: SourceFiles()
      )
      try file.write { try slices.page.write(to: $0) }
    } catch {
      return Diagnostics.warn(CommandError(error).description)
    }
    let opener = ["xdg-open", "open"].lazy.compactMap(Program.find).first
    guard let opener, Program.start(opener, [path]) != nil else {
      return Diagnostics.warn("found neither xdg-open nor open to open the chart; it is in \(path)")
    }
  }

  private func write(_ text: String) {
    // The terminal may be gone.
    try? StandardStream.error.write(Array(text.utf8))
  }
}
#endif
