// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCore
import StrataFormats
import StrataQuery

/// Dumps that are added up one by one.
struct DumpSum {
  private(set) var captures = 0
  private(set) var kinds: Set<ProfileKind> = []
  private(set) var clocks: Set<ProfileClock> = []
  private(set) var warnings: [ProfileWarning] = []
  /// A line for each dump, as reports have them at their head.
  private(set) var stamps: [String] = []
  private var merger = ProfileMerger()
  private var reader = PstatsReader()
  private let selection: ProfileSelection
  private let defaults: DumpDefaults
  /// The captures so far, where each counts once; nil where a dump counts as often as it is named.
  private var known: Set<ProfileID>?

  /// Creates a sum of nothing, to which the dumps of a selection are added: each capture once, as in
  /// a store, or as often as it is named, as pstats does.
  init(
    of selection: ProfileSelection,
    defaults: DumpDefaults = DumpDefaults(),
    countingOnce: Bool = false
  ) {
    self.selection = selection
    self.defaults = defaults
    known = countingOnce ? [] : nil
  }

  /// The sum, and no more of it here.
  mutating func takeProfile() -> StatsProfile { merger.takeProfile() }

  /// Adds a dump if its capture is selected.
  mutating func add(_ source: DumpSource) throws {
    if captures == 0 { Memory.giveBack() }
    guard var capture = try read(source) else { return }
    if captures == 0 {
      // It is kept as it is, and most sums are of one: all else that reading it took goes back.
      reader = PstatsReader()
      capture.profile = capture.profile.compact
      Memory.giveBack()
    }
    captures += 1
    kinds.insert(capture.kind)
    clocks.insert(capture.clock)
    warnings += capture.warnings
    merger.add(capture.profile)
    if captures > 1 { reader.reuse(&capture.profile) }
    // From now on the reader has the large arrays, and they need not be kept as freed memory.
    if captures == 2 { Memory.keepFreed(upTo: 256 << 10) }
    stamps.append(try FileStamp.line(for: source.path))
  }

  private struct Capture {
    var profile: StatsProfile
    let kind: ProfileKind
    let clock: ProfileClock
    let warnings: [ProfileWarning]
  }

  private mutating func read(_ source: DumpSource) throws -> Capture? {
    if selection == .all, defaults == DumpDefaults(), known == nil {
      // Without the identity of a record, which takes a tenth of the time.
      let dump = try source.dump(reader: &reader)
      return Capture(
        profile: dump.profile,
        kind: source.entry?.kind ?? dump.kind,
        clock: source.entry?.clock ?? dump.clock,
        warnings: dump.warnings
      )
    }
    let (record, warnings) = try source.recordAndWarnings(defaults: defaults, reader: &reader)
    guard try selection.contains(CaptureHeader(record)) else { return nil }
    if known?.insert(record.id).inserted == false { return nil }
    return Capture(
      profile: record.profile,
      kind: record.kind,
      clock: record.clock,
      warnings: warnings
    )
  }
}
#endif
