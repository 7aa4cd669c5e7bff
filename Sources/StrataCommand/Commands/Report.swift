// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataQuery
import StrataService

/// `strata report`: the statistics of one dump, of several added up, or of captures of a store.
struct Report: WritingCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Print statistics exactly as pstats does, or export all of them as data.",
    discussion: """
      Text output is byte for byte what CPython 3.13 prints for Stats(DUMP).add(DUMP)…, \
      strip_dirs, sort_stats, reverse_order and print_stats, print_callers or print_callees. Data \
      (json, csv, ndjson, prof) are lossless: every function by file, line and name, with the \
      counts and seconds of the dump.

      SORT KEYS (abbreviations as in pstats)
        calls, ncalls · pcalls · time, tottime, self · cumulative, cumtime
        name · filename, module · line · nfl (name, file, line) · stdname

      LIMITS, applied in order
        10          the first ten functions
        0.1         the first tenth of them
        'json|re'   those whose 'file:line(name)' contains a match of the regular expression

      EXAMPLES
        strata report app.prof --sort cumulative --limit 20
        strata report app.prof --strip-dirs --sort time --limit '{method'
        strata report app.prof --callers --limit 'json.*loads'
        strata report --store app.db --where endpoint=/search --since 2h
        strata report app.prof --format json | jq '.functions | max_by(.selfTime)'
        strata report monday.prof tuesday.prof --format prof -o both.prof
      """
  )

  /// What CPython does that is not right, available for comparison.
  enum Compatibility: String, ChoiceArgument {
    /// As pstats holds it: of callers that --strip-dirs makes the same, the last one wins.
    case pstats
    /// As `get_stats_profile()` returns it.
    case getStatsProfile = "get_stats_profile"
  }

  @OptionGroup var source: ReportSource
  @OptionGroup var listing: ListingOptions

  @Flag(help: "Print who called each function, instead of its figures.")
  var callers = false

  @Flag(help: "Print what each function called, instead of its figures.")
  var callees = false

  @Flag(
    name: .long,
    help: "Remove folders from file names; functions that become identical are summed."
  )
  var stripDirs = false

  @Flag(
    help: """
      Correct the errors of pstats in text: sum callers that --strip-dirs makes identical. (Data \
      are always correct.)
      """
  )
  var exact = false

  @Option(
    help: ArgumentHelp(
      """
      Reproduce CPython's errors in data: 'pstats' (callers as strip_dirs leaves them) or \
      'get_stats_profile' (what that method returns, as JSON: functions by bare name, rounded).
      """,
      valueName: "what",
      visibility: .hidden
    )
  )
  var compat: Compatibility?

  @Option(
    help: ArgumentHelp(
      "Add dumps in the order given, or as Stats(a, b, c) does: a, c, b.",
      valueName: "order",
      visibility: .hidden
    )
  )
  var mergeOrder = MergeOrder.given

  @Option(help: "The output format.")
  var format = FormatArgument<Report>()

  @OptionGroup(visibility: .hidden) var csv: CSVOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    let format = format.value
    try csv.check(format)
    if callers && callees { throw ValidationError("Choose --callers or --callees.") }
    if callers && ![.text, .data(.csv)].contains(format) {
      throw ValidationError(
        "--callers requires --format text or csv; JSON output always includes callers."
      )
    }
    if callees && format != .text { throw ValidationError("--callees requires --format text.") }
    if compat == .getStatsProfile && format != .data(.json) {
      throw ValidationError("--compat get_stats_profile requires --format json.")
    }
    if !listing.limits.isEmpty && (format == .prof || compat == .getStatsProfile) {
      throw ValidationError("--limit cannot be combined with output of whole profiles.")
    }
  }

  func run() async throws {
    let output = try output.output(reading: source.files)
    if format.value == .prof, output.isTerminal {
      throw CommandError(.usage, "a dump is binary data: specify a file with -o")
    }
    var input = try await source.read(mergeOrder)
    if input.kind != .sampled { input.warnings += input.profile.suspicions }
    if stripDirs {
      let isCPython = format.value == .text ? !exact : compat != nil
      input.profile = input.profile.strippingDirectories(
        callerCollision: isCPython ? .lastWins : .summed
      )
    }
    let listing = try listing.query.listing(of: input.profile)
    try write(input, listing, to: output)
    for warning in input.warnings where warning.isUrgent { Diagnostics.warn("\(warning)") }
  }

  private func write(
    _ input: ReportInput,
    _ listing: ProfileListing,
    to output: Output
  ) throws {
    switch format.value {
    case .text, .table, .svg, .html: try writeText(of: input, listing, to: output)
    case .prof: try output.write(PstatsWriter.dump(input.profile))
    case .data where compat == .getStatsProfile:
      var json = JSONWriter()
      json.getStatsProfile(input.profile, listing)
      json.endDocument()
      try output.writeData { try $0(json.bytes) }
    case .data(let form):
      let data = ProfileData(
        input.profile,
        listing,
        kind: input.kind,
        clock: input.clock,
        warnings: input.warnings
      )
      try output.writeData { try form.write(callers ? data.callers : data, csv.options, to: $0) }
    }
  }

  private func writeText(
    of input: ReportInput,
    _ listing: ProfileListing,
    to output: Output
  ) throws {
    var report = PstatsReport(input.profile, listing, sources: input.sources)
    report.escapesControls = output.isTerminal
    let part: PstatsReport.Part = callers ? .callers : callees ? .callees : .statistics
    try output.write { try report.write(part, to: $0) }
  }
}

extension Report: ResultFormats {
  static let formats: [OutputFormat] = [.text] + OutputFormat.data + [.prof]
}

extension Warning {
  /// Whether it changes how a report is read: addresses do only where they split a function.
  fileprivate var isUrgent: Bool {
    code != .addresses || number("repeated") != 0
  }
}
#endif
