// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataQuery
import StrataService

/// The profiles of a program that runs: taken from its spool into the store, and kept for a chart.
struct RunRecording<Store: ProfileStore> {
  /// The spool folder, beside the store: what is in it survives all that the store does.
  let spool: String
  private(set) var tally = ImportTally()
  /// Closed when the program has ended.
  private let gate: SpoolGate
  private let labels: Labels
  private let importer: Importer<Store>
  private var following: FolderImport<Store>
  private var rollUp = PeriodicRollUp()
  private var captures: RunCaptures<Store>
  /// Why the last look failed, if it did.
  private var failure: CommandError?

  /// Makes a spool folder for the program, beside a file; `place` is nil for a store that is none.
  init(
    store: Store,
    beside place: String?,
    every: Duration,
    labels: Labels,
    jobs: Int
  ) throws {
    spool = try TemporarySpool.make(beside: place)
    gate = try SpoolGate(opening: spool)
    self.labels = labels
    importer = Importer(store: store, defaults: DumpDefaults(), jobs: jobs)
    following = FolderImport([spool], importer: importer, removesStored: true, areOwn: true)
    captures = RunCaptures(store: store, every: every)
  }

  /// Takes what is new in the spool; what fails is tried again at the next look.
  mutating func look(isLast: Bool = false) async {
    do {
      try await following.look(isLast: isLast) { outcomes in
        rollUp.note(outcomes)
        for outcome in outcomes {
          tally.count(outcome)
          if outcome.isDurable { captures.add(outcome.source) }
        }
      }
      failure = nil
      try await rollUp.rollUpIfDue(importer.store)
    } catch {
      let error = CommandError(error)
      if failure == nil {
        Diagnostics.warn(
          "\(error.description); profiles stay in \(spool) until the store can be written"
        )
      }
      failure = error
      following = FolderImport([spool], importer: importer, removesStored: true, areOwn: true)
    }
  }

  /// For how long helpers of the program may outlive it, as those of multiprocessing do.
  private static var patience: Duration { .seconds(1) }

  /// Takes all that is left, and removes the spool if nothing is left in it.
  ///
  /// Processes that outlive the program for long are not recorded any more: they find the gate closed.
  mutating func end() async {
    do { try await closeGate() } catch { Diagnostics.warn(CommandError(error).description) }
    await look(isLast: true)
    if failure != nil { await look(isLast: true) }
    if let failure {
      Diagnostics.error(failure.description)
    } else {
      await takeUnnamed()
    }
    if (try? SpoolFolder.removeIfEmpty(spool)) != true {
      Diagnostics.warn(
        "\(spool) contains profiles that could not be stored; run: strata import \(spool)"
      )
    }
    do { try await importer.store.rollUpEndedSlices() } catch {
      Diagnostics.warn(CommandError(error).description)
    }
  }

  private func closeGate() async throws {
    let start = ContinuousClock.now
    while try !gate.closeIfUnused() {
      guard start.duration(to: .now) < Self.patience else {
        try gate.close()
        return Diagnostics.warn(
          "a process of the program is still running; what it does from now on is not recorded"
        )
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Takes what was written by processes that were killed before they could say what it is.
  private mutating func takeUnnamed() async {
    guard let names = try? SpoolFolder.unnamedDumps(in: spool), !names.isEmpty else { return }
    var done: [String] = []
    var reader = DumpReader()
    let dumps = names.map { name in
      let start = Timestamp(fileName: name)
      let entry = start.map { SpoolEntry(file: name, start: $0, labels: labels, covers: .slice) }
      return DumpWalk.Element.success(DumpSource(path: spool + "/" + name, entry: entry))
    }
    do {
      try await importer.run(dumps) { outcomes in
        for outcome in outcomes {
          let name = String(outcome.source.path.dropFirst(spool.count + 1))
          switch outcome.result {
          case .durable:
            tally.count(outcome)
            captures.add(outcome.source)
            done.append(name)
          case .failed where (try? reader.profiles(of: outcome.source)) == nil:
            Diagnostics.warn(
              "a process was killed while it was writing a profile, which is lost: \(name)"
            )
            done.append(name)
          case .failed, .missing: tally.count(outcome)
          }
        }
      }
      try SpoolFolder.removeUnnamed(done, from: spool)
    } catch {
      Diagnostics.error(CommandError(error).description)
    }
  }

  /// Removes the spool of a program that was not started.
  func discard() {
    try? gate.close()
    _ = try? SpoolFolder.removeIfEmpty(spool)
  }

  /// How many captures were stored.
  var captureCount: Int { captures.count }

  /// The slices of all that was stored so far.
  func slices(top: Int) async throws -> SlicedSeries { try await captures.slices(top: top) }
}

/// The captures of one run, in memory while they are few; else those of the store since its begin.
private struct RunCaptures<Store: ProfileStore> {
  /// How many captures are kept in memory: hours of them, and some ten megabytes.
  private static var limit: Int { 1000 }

  let store: Store
  let every: Duration
  private(set) var count = 0
  private var memory: MemoryStore? = MemoryStore(keepingProfiles: false)
  private var reader = DumpReader()
  private var range: (first: Timestamp, last: Timestamp)?

  init(store: Store, every: Duration) {
    (self.store, self.every) = (store, every)
  }

  /// Adds a dump that is stored, and still there.
  mutating func add(_ source: DumpSource) {
    count += 1
    guard let start = source.entry?.start else { return }
    range = (min(range?.first ?? start, start), max(range?.last ?? start, start))
    if count > Self.limit { memory = nil }
    guard let memory else { return }
    do { _ = try memory.insert(reader.captures(of: source)) } catch {
      self.memory = nil
    }
  }

  func slices(top: Int) async throws -> SlicedSeries {
    if let memory { return try await memory.slices(query(.all, top)) }
    let selection = ProfileSelection(
      since: range?.first,
      until: range.map { Timestamp(nanoseconds: $0.last.nanoseconds + 1) }
    )
    return try await store.slices(query(selection, top))
  }

  private func query(_ selection: ProfileSelection, _ top: Int) -> SliceQuery {
    SliceQuery(selection, every: every, alignment: .epoch, top: top)
  }
}
#endif
