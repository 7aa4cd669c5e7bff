// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataFormats
import StrataQuery

/// All selected captures of a source added up, callers included.
struct MergedProfile {
  private(set) var captures = 0
  /// The kind of all captures; nil without captures.
  private(set) var kind: ProfileKind?
  /// The clock of all captures; nil without captures.
  private(set) var clock: ProfileClock?
  /// Dumps that could not be read; the others are added up all the same.
  private(set) var failures: [CommandError] = []
  private var merger = ProfileMerger()

  /// The sum.
  var profile: StatsProfile { merger.profile }

  /// Adds up the dumps of a source in their order, or the captures of its store in order of start.
  ///
  /// - Throws: `QueryError` where the captures are of two kinds or clocks; the store's error.
  init(_ source: ProfileSource, _ selection: ProfileSelection) throws {
    if source.paths.isEmpty {
      let store: any ProfileStore = try source.location.openForReading()
      try store.read { snapshot in
        try snapshot.forEachRecord(selection) { try add($0) }
      }
    } else {
      try addDumps(of: source, selection)
    }
  }

  private mutating func addDumps(
    of source: ProfileSource,
    _ selection: ProfileSelection
  ) throws {
    let catalog = DumpCatalog(paths: source.paths)
    failures = catalog.failures.map { CommandError($0) }
    let defaults = DumpDefaults(pathLabels: source.pathLabels?.value)
    var reader = PstatsReader()
    for dump in catalog.sources {
      let record: ProfileRecord
      do {
        record = try dump.record(defaults: defaults, reader: &reader)
      } catch {
        failures.append(CommandError(error))
        continue
      }
      if selection.contains(CaptureHeader(record)) { try add(record) }
    }
  }

  private mutating func add(_ record: ProfileRecord) throws(QueryError) {
    if let kind, kind != record.kind {
      throw .mixedKinds(ProfileKind.allCases.filter { [kind, record.kind].contains($0) })
    }
    if let clock, clock != record.clock {
      throw .mixedClocks(ProfileClock.allCases.filter { [clock, record.clock].contains($0) })
    }
    kind = record.kind
    clock = record.clock
    captures += 1
    merger.add(record.profile)
  }
}
#endif
