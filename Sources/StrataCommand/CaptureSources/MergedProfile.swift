// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataQuery
import StrataSQLite

/// All selected captures of a source added up, callers included.
struct MergedProfile {
  /// The sum.
  let profile: StatsProfile
  let captures: Int
  /// The kind of all captures; nil without captures.
  let kind: ProfileKind?
  /// The clock of all captures; nil without captures.
  let clock: ProfileClock?
  /// Dumps that could not be read; the others are added up all the same.
  let failures: [CommandError]

  /// Adds up the dumps of a source in their order, each capture once, or the captures of its store
  /// in order of start.
  ///
  /// - Throws: `QueryError` where the captures are of two kinds or clocks; the store's error.
  init(_ source: ProfileSource, _ selection: ProfileSelection) async throws {
    guard !source.paths.isEmpty else {
      let merged = try await source.location.openForReading().merged(selection)
      (profile, captures) = (merged.profile, merged.captures)
      (kind, clock, failures) = (merged.kind, merged.clock, [])
      return
    }
    var failures = FailureList()
    // One file cannot be named twice; of more, a capture that is there again must not count twice.
    let isOneFile =
      source.paths.count == 1 && (try? RegularFile.kind(of: source.paths[0])) == .file
      && !source.paths[0].hasSuffix(".jsonl")
    var sum = DumpSum(
      of: selection,
      defaults: DumpDefaults(pathLabels: source.pathLabels),
      countingOnce: !isOneFile
    )
    for found in DumpWalk(paths: source.paths) {
      do {
        try sum.add(found.get())
      } catch let error as FileError {
        failures.append(CommandError(error))
      }
    }
    guard sum.kinds.count <= 1 else {
      throw QueryError.mixedKinds(ProfileKind.allCases.filter(sum.kinds.contains))
    }
    guard sum.clocks.count <= 1 else {
      throw QueryError.mixedClocks(ProfileClock.allCases.filter(sum.clocks.contains))
    }
    (profile, captures) = (sum.takeProfile(), sum.captures)
    (kind, clock, self.failures) = (sum.kinds.first, sum.clocks.first, failures.errors)
  }
}
#endif
