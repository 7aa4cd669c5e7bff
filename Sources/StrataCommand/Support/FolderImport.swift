// SPDX-License-Identifier: Apache-2.0

#if Tools
import CStrataSystem
import StrataCore
import StrataExport
import StrataFormats
import StrataSpool
import StrataQuery
import StrataSQLite

/// Imports what folders hold, and what is added to them, look by look.
struct FolderImport {
  /// How often slices that have ended are rolled up.
  private static let rollUpInterval = Duration.seconds(60)

  let importer: Importer
  /// Whether dumps are removed from their folders once they are durable in the store.
  let removesStored: Bool
  private let areOwn: Bool
  private let followers: [DumpFollower]
  /// The folders in which dumps without a line were looked for.
  private var tidied: Set<String> = []
  private var rolledUp = ContinuousClock.now
  private var hasNews = false

  /// - Parameters:
  ///   - folders: What is followed.
  ///   - importer: What takes the dumps.
  ///   - removesStored: Whether dumps are removed once they are durable.
  ///   - areOwn: Whether the folders are this process's own, which handles dumps without a line.
  init(_ folders: [String], importer: Importer, removesStored: Bool, areOwn: Bool = false) {
    var importer = importer
    importer.allowsGone = true
    self.importer = importer
    self.removesStored = removesStored
    self.areOwn = areOwn
    followers = folders.map(DumpFollower.init)
  }

  /// Imports what is new; `report` hears of each batch when it is durable.
  ///
  /// - Throws: The error of the store or of a folder. Begin anew then: what was taken is not told.
  mutating func look(
    isLast: Bool = false,
    report: ([Importer.Outcome]) -> Void
  ) async throws {
    for follower in followers {
      var durable: [Importer.Outcome] = []
      try await importer.run(follower.look(isLast: isLast)) { outcomes in
        report(outcomes)
        durable += outcomes.filter(\.result.isDurable)
      }
      hasNews = hasNews || !durable.isEmpty
      if removesStored { try remove(durable, follower) }
      for folder in follower.indexFolders { try tidy(folder) }
    }
    try rollUp()
  }

  /// Handles the dumps that no line names any more, or never did, since a process was killed.
  private mutating func tidy(_ folder: String) throws {
    if removesStored { try SpoolFolder.finishRemoval(in: folder) }
    guard !areOwn, tidied.insert(folder).inserted else { return }
    // A folder that cannot be read is said to be one where its dumps are looked for.
    var unnamed = (try? SpoolFolder.unnamedDumps(in: folder)) ?? []
    if removesStored, !unnamed.isEmpty {
      let stored = try unnamed.filter { try isStored(folder + "/" + $0) }
      if !stored.isEmpty { try synchronize() }
      try SpoolFolder.removeUnnamed(stored, from: folder)
      unnamed.removeAll(where: Set(stored).contains)
    }
    UnnamedDumps.warn(of: unnamed, in: folder)
  }

  /// Whether the store has a capture with the start that a file's name gives, and with its figures.
  private func isStored(_ path: String) throws -> Bool {
    var reader = DumpReader()
    guard let found = try? reader.captures(of: DumpSource(path: path)).first,
      found.timeSource == .name
    else { return false }
    let end = found.start.nanoseconds.addingReportingOverflow(1)
    guard !end.overflow else { return false }
    let moment = ProfileSelection(
      since: found.start,
      until: Timestamp(nanoseconds: end.partialValue)
    )
    return try importer.store.read { snapshot in
      var isStored = false
      try snapshot.forEachRecord(moment) { isStored = isStored || $0.profile == found.profile }
      return isStored
    }
  }

  private func remove(_ durable: [Importer.Outcome], _ follower: DumpFollower) throws {
    guard !durable.isEmpty else { return }
    let isKnown = durable.contains { if case .known = $0.result { true } else { false } }
    if isKnown { try synchronize() }
    try follower.remove(durable.map(\.source))
  }

  private func synchronize() throws {
    do { try importer.store.synchronize() } catch {
      throw CommandError(
        .unavailable,
        "\(importer.store.path): cannot be brought to the disk; nothing was removed: check the disk"
      )
    }
  }

  private mutating func rollUp() throws {
    guard hasNews, ContinuousClock.now - rolledUp >= Self.rollUpInterval else { return }
    try importer.store.rollUp(endingBefore: RollingUp.end)
    (hasNews, rolledUp) = (false, .now)
  }
}

/// Dumps beside an index that no line of it names.
enum UnnamedDumps {
  /// Says that there are some, and what to do with them.
  static func warn(of names: [String], in folder: String) {
    guard let first = names.first else { return }
    let dumps = names.count == 1 ? first : "\(names.count) dumps, such as \(first)"
    Diagnostics.warn(
      "\(folder): no line of index.jsonl names \(dumps); their writer was killed before it wrote "
        + "the line, or an import after it had removed it; they stay, and are not imported: remove "
        + "them, or import them by their names, without labels"
    )
  }

  /// Says so of folders that were imported.
  static func warn(in folders: some Sequence<String>) {
    for folder in Set(folders).sorted() {
      // A folder that cannot be read was said to be one.
      warn(of: (try? SpoolFolder.unnamedDumps(in: folder)) ?? [], in: folder)
    }
  }
}

/// Waiting that a signal ends.
enum Signals {
  /// Has SIGINT and SIGTERM noted from now on, instead of ending the process.
  static func watchEnd() throws {
    guard strata_watch_end() == 0 else {
      throw CommandError(.unavailable, "the system refuses to wait for signals; try again")
    }
  }

  /// Whether the end was asked for.
  static var endWasAsked: Bool { strata_end_was_asked() != 0 }

  /// Waits for a signal, and no longer than a time.
  static func wait(_ time: Duration) {
    let milliseconds = (time.nanoseconds ?? 0) / 1_000_000
    strata_wait_for_signal(Int32(clamping: max(1, milliseconds)))
  }
}
#endif
