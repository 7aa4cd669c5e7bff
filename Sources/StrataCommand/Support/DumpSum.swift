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

  /// Creates a sum of nothing, to which the dumps of a selection are added.
  init(of selection: ProfileSelection, defaults: DumpDefaults = DumpDefaults()) {
    self.selection = selection
    self.defaults = defaults
  }

  /// The sum, and no more of it here.
  mutating func takeProfile() -> StatsProfile { merger.takeProfile() }

  /// Adds a dump if its capture is selected.
  mutating func add(_ source: DumpSource) throws {
    if selection == .all, defaults == DumpDefaults() {
      // Without the identity of a record, which takes a tenth of the time.
      let dump = try source.dump(reader: &reader)
      add(
        dump.profile,
        source.entry?.kind ?? dump.kind,
        source.entry?.clock ?? dump.clock,
        dump.warnings
      )
    } else {
      let (record, warnings) = try source.recordAndWarnings(defaults: defaults, reader: &reader)
      guard try selection.contains(CaptureHeader(record)) else { return }
      add(record.profile, record.kind, record.clock, warnings)
    }
    stamps.append(try FileStamp.line(for: source.path))
  }

  private mutating func add(
    _ profile: StatsProfile,
    _ kind: ProfileKind,
    _ clock: ProfileClock,
    _ warnings: [ProfileWarning]
  ) {
    captures += 1
    kinds.insert(kind)
    clocks.insert(clock)
    self.warnings += warnings
    merger.add(profile)
  }
}
#endif
