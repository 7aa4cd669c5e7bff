// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
// ProcessInfo: the number of processors.
import Foundation
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataQuery
import StrataService

/// `strata import`: keeps dumps in a store, each once, with their time and labels.
struct Import: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Store dumps unchanged, with their time and labels.",
    discussion: """
      In a folder with an index.jsonl, imports the dumps that the index lists; in any other \
      folder, files that end in .prof, .pstat, .pstats, .cprof or .profile. The start of a capture \
      comes from the index, else --timestamp, else the file name (ISO 8601, or seconds, \
      milliseconds, microseconds or nanoseconds since the epoch), else the modification time, \
      which is its end.

      The same dump with the same start and labels is stored once, however often it is imported. A \
      dump that cannot be read is reported and does not stop the others. A dump reported as stored \
      survives a crash and a power failure.

      With --follow, the import continues with dumps added to the folders, until SIGINT or \
      SIGTERM. Dumps removed before they could be read are counted as missing.

      EXAMPLES
        strata import profiles/
        strata import web.prof --timestamp 2026-01-05T09:00:00Z --label endpoint=/search
        strata import logs --path-labels '{service}/{host}/*.prof' --store team.db
        strata import --follow --delete-stored /var/spool/web

      EXIT CODES
        0 all dumps are stored; 65 a dump is invalid; 66 a file or folder is missing; 69 the store \
      or a folder is temporarily not writable
      """
  )

  @Argument(
    help: ArgumentHelp("Dumps, folders of dumps, or index files.", valueName: "paths"),
    completion: .file()
  )
  var pathArguments: [PathArguments]

  @OptionGroup var location: StoreLocation

  @Option(
    name: .customLong("label"),
    parsing: .singleValue,
    help: ArgumentHelp(
      "Label applied to every dump; labels from an index take precedence.",
      valueName: "key=value"
    ),
    transform: Labels.Label.init(argument:)
  )
  var labels: [Labels.Label] = []

  @Option(
    help: ArgumentHelp(
      "Take labels from the last components of each path, as in '{service}/{host}/*.prof'.",
      valueName: "pattern"
    ),
    transform: { try PathLabels($0) }
  )
  var pathLabels: PathLabels?

  @Option(
    help: ArgumentHelp("The start of the captures, if no index states it.", valueName: "time")
  )
  var timestamp: TimeArgument?

  @Option(
    help: ArgumentHelp("How long the captures took, such as 10s or 1m30s.", valueName: "duration")
  )
  var duration: DurationArgument?

  @Option(help: "How the figures were obtained, if neither index nor dump says so.")
  var kind: ProfileKind?

  @Option(help: "What the times measure, if the index does not say; cpu for dumps of 'profile'.")
  var clock: ProfileClock?

  @Option(help: ArgumentHelp("How many dumps to read in parallel.", valueName: "count"))
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Flag(help: "Continue with dumps added to the folders, until SIGINT or SIGTERM.")
  var follow = false

  @Flag(help: "With --follow: remove dumps and their index lines once they are stored durably.")
  var deleteStored = false

  @Option(
    help: ArgumentHelp("With --follow: how often to look for new dumps.", valueName: "duration")
  )
  var poll = DurationArgument(.seconds(1))

  @Flag(help: "Print 'stored ID PATH' or 'known ID PATH' for each dump once it is stored durably.")
  var printIds = false

  func validate() throws {
    guard (1...256).contains(jobs) else { throw ValidationError("--jobs must be from 1 to 256.") }
    guard follow || !deleteStored else {
      throw ValidationError("--delete-stored requires --follow.")
    }
    guard timestamp?.value.isPossibleStart ?? true else {
      let (first, last) = (Timestamp.firstStart.iso8601, Timestamp.lastStart.iso8601)
      throw ValidationError("--timestamp must be from \(first) to \(last).")
    }
    try labels.checkArguments()
    guard poll.value >= .milliseconds(1) else {
      throw ValidationError("--poll must be at least 1ms.")
    }
  }

  func run() async throws {
    if follow { return try await followFolders() }
    let start = ContinuousClock.now
    var tally = ImportTally()
    let found = FoundDumps(paths: pathArguments.paths)
    // Don't create a store when no path contains a dump.
    let store = found.isEmpty ? nil : try await location.open(.writing(create: true))
    if let store {
      try await importDumps(found, into: store, &tally)
    } else {
      for case .failure(let error) in found { tally.count(CommandError(error)) }
    }
    try await end(tally, since: start, store)
  }

  /// Says what became of the dumps, and leaves the store ready for questions.
  private func end(
    _ tally: ImportTally,
    since start: ContinuousClock.Instant,
    _ store: (any ProfileStore)?
  ) async throws {
    print("\(tally.summary) in \(start.duration(to: .now).shortText): \(location.name)")
    if !follow {
      for folder in Set(indexFolders).sorted() {
        // A folder that cannot be read was reported already.
        let unnamed = (try? SpoolFolder.unnamedDumps(in: folder)) ?? []
        Diagnostics.warn(ofUnnamed: unnamed, in: folder)
      }
    }
    try await store?.rollUpEndedSlices()
    if let code = tally.exitCode { throw ExitCode(code.rawValue) }
  }

  /// The folders of the paths that are what their index says.
  private var indexFolders: [String] {
    pathArguments.paths.compactMap { path in
      if path.hasSuffix("/" + DumpCatalog.indexName) {
        return String(path.dropLast(DumpCatalog.indexName.count + 1))
      }
      return path == DumpCatalog.indexName ? "." : path
    }
  }

  /// Imports until it is asked to end; all that is stored is durable at any moment.
  private func followFolders() async throws {
    let start = ContinuousClock.now
    let folders = pathArguments.paths
    for folder in folders { try checkFolder(folder) }
    try Signals.watchEnd()
    try await followFolders(folders, into: location.open(.writing(create: true)), since: start)
  }

  private func importDumps(
    _ found: FoundDumps,
    into store: some ProfileStore,
    _ tally: inout ImportTally
  ) async throws {
    let importer = Importer(store: store, defaults: defaults, jobs: jobs)
    var bar: ProgressBar? = ProgressBar(total: found.count)
    try await importer.run(found) { report($0, &tally, &bar) }
    bar?.clear()
  }

  private func followFolders(
    _ folders: [String],
    into store: some ProfileStore,
    since start: ContinuousClock.Instant
  ) async throws {
    let importer = Importer(store: store, defaults: defaults, jobs: jobs)
    var following = FolderImport(folders, importer: importer, removesStored: deleteStored)
    var tally = ImportTally()
    var bar: ProgressBar?
    var rollUp = PeriodicRollUp()
    while true {
      let isLast = Signals.endWasAsked
      try await following.look(isLast: isLast) { outcomes in
        report(outcomes, &tally, &bar)
        rollUp.note(outcomes)
      } foundUnnamed: {
        Diagnostics.warn(ofUnnamed: $0.names, in: $0.folder)
      }
      if isLast { break }
      try await rollUp.rollUpIfDue(store)
      Signals.wait(poll.value)
    }
    try await end(tally, since: start, store)
  }

  private func checkFolder(_ path: String) throws {
    guard try RegularFile.kind(of: path) == .folder else {
      throw CommandError(
        .noInput,
        "\(path): expected a folder to follow, found a file; import it without --follow"
      )
    }
  }

  private var defaults: DumpDefaults {
    DumpDefaults(
      start: timestamp?.value,
      duration: duration?.value,
      kind: kind,
      clock: clock,
      labels: Labels(labels),
      pathLabels: pathLabels
    )
  }

  private func report(
    _ outcomes: [ImportOutcome],
    _ tally: inout ImportTally,
    _ bar: inout ProgressBar?
  ) {
    for outcome in outcomes {
      if case .failed = outcome.result { bar?.clear() }
      tally.count(outcome)
      do {
        if printIds { try acknowledge(outcome) }
      } catch {
        bar?.clear()
        tally.countUntold(error)
      }
    }
    bar?.update(done: tally.dumps)
  }

  /// Writes at once: a reader of the line may rely on the dump.
  private func acknowledge(_ outcome: ImportOutcome) throws(CommandError) {
    guard case .durable(let captures) = outcome.result else { return }
    let lines = captures.map { capture in
      "\(capture.isNew ? "stored" : "known") \(capture.id) \(outcome.source.path)\n"
    }
    try StandardStream.output.write(Array(lines.joined().utf8))
  }
}

extension Duration {
  /// The duration for people: `0.42 s`.
  var shortText: String {
    let hundredths =
      components.seconds * 100 + components.attoseconds / 10_000_000_000_000_000
    return "\(hundredths / 100).\((hundredths % 100).padded(to: 2)) s"
  }
}
#endif
