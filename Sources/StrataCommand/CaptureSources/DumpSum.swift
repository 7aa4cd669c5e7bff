// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataQuery

/// Dumps that are added up one by one.
struct DumpSum {
  private(set) var captures = 0
  private(set) var kinds: Set<ProfileKind> = []
  private(set) var clocks: Set<ProfileClock> = []
  private(set) var warnings: [Warning] = []
  /// A line for each dump, as reports have them at their head.
  private(set) var stamps: [String] = []
  private var merger = ProfileMerger()
  private var reader: DumpReader
  private let selection: ProfileSelection
  /// The captures so far, where each counts once; nil where a dump counts as often as it is named.
  private var known: Set<ProfileID>?

  /// Creates an empty sum for the dumps of a selection: each capture once, as in
  /// a store, or as often as it is named, as pstats does.
  init(
    of selection: ProfileSelection,
    defaults: DumpDefaults = DumpDefaults(),
    countingOnce: Bool = false
  ) {
    self.selection = selection
    reader = DumpReader(defaults: defaults)
    known = countingOnce ? [] : nil
  }

  /// The sum, and no more of it here.
  mutating func takeProfile() -> StatsProfile { merger.takeProfile() }

  /// Adds the selected captures of a dump.
  mutating func add(_ source: DumpSource) throws {
    var found = 0
    for capture in try captures(of: source) {
      found += 1
      captures += 1
      kinds.insert(capture.kind)
      clocks.insert(capture.clock)
      warnings += capture.warnings
      // Most sums are of one dump, which is kept without its bytes: few of them are names.
      merger.add(captures == 1 ? capture.profile.compact : capture.profile)
    }
    guard found > 0 else { return }
    if captures == found { reader = DumpReader(defaults: reader.defaults) }
    let modified = try RegularFile.modificationTime(of: source.path)
    stamps.append(FileStamp.line(for: source.path, modified: modified))
  }

  private mutating func captures(of source: DumpSource) throws -> [DecodedProfile] {
    if selection == .all, reader.defaults == DumpDefaults(), known == nil {
      // Without the identity of a capture, which takes a tenth of the time.
      return try reader.profiles(of: source).map { decoded in
        var decoded = decoded
        decoded.kind = source.entry?.kind ?? decoded.kind
        decoded.clock = source.entry?.clock ?? decoded.clock
        return decoded
      }
    }
    return try reader.readings(of: reader.load(source)).compactMap { reading in
      let capture = reading.capture
      guard try selection.contains(CaptureHeader(capture)) else { return nil }
      if known?.insert(capture.id).inserted == false { return nil }
      return DecodedProfile(
        profile: capture.profile,
        kind: capture.kind,
        clock: capture.clock,
        warnings: reading.warnings
      )
    }
  }
}
#endif
