// SPDX-License-Identifier: Apache-2.0

#if Tools
import CStrataSystem
import StrataCore
import StrataFormats
import StrataSQLite

/// Imports what folders hold, and what is added to them, look by look.
struct Following {
  /// How often slices that have ended are rolled up.
  private static let rollUpInterval = Duration.seconds(60)

  let importer: Importer
  /// Whether dumps are removed from their folders once they are durable in the store.
  let removesStored: Bool
  private let followers: [DumpFollower]
  private var rolledUp = ContinuousClock.now
  private var hasNews = false

  init(_ folders: [String], importer: Importer, removesStored: Bool) {
    var importer = importer
    importer.allowsGone = true
    self.importer = importer
    self.removesStored = removesStored
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
    }
    try rollUp()
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
