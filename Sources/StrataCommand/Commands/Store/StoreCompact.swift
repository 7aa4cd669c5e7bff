// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataQuery

/// `strata store compact`: room that is not needed goes back to the file system.
struct StoreCompact: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Complete roll-ups, remove unreferenced data, and return free space.",
    discussion: """
      Removes nothing that can be queried. Other processes can read and write meanwhile. 'prune' \
      returns its space itself; use 'compact' if it could not, because a reader was active or it \
      was interrupted.

      EXAMPLES
        strata store compact
        strata store compact --store team.db

      EXIT CODES
        0 success; 66 the store is missing; 69 the store is temporarily not writable
      """
  )

  @OptionGroup var location: StoreLocation

  func run() async throws {
    guard
      let store = try await location.open(.writing(create: false)) as? any CompactableStore
    else { throw location.cannot("be compacted") }
    var bar: ProgressBar?
    var step: CompactionProgress.Step?
    let report = try await store.compact(endingBefore: .endOfClosedSlices) { progress in
      if step != progress.step {
        bar?.clear()
        (bar, step) = (ProgressBar(total: progress.total), progress.step)
      }
      bar?.update(done: progress.done)
      return true
    }
    bar?.clear()
    print(
      "\(report.rolledUpSlices) slices rolled up, \(report.removedShapes) unused function lists "
        + "removed; \(report.bytesBefore.byteText) before, \(report.bytesAfter.byteText) now: "
        + location.name
    )
  }
}
#endif
