// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataCore
import StrataQuery

/// `strata store compact`: room that is not needed goes back to the file system.
struct StoreCompact: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Roll up what waits, drop what nothing refers to, and give free room back.",
    discussion: """
      Nothing that can be asked for goes. Others may read and write meanwhile: no transaction of \
      giving back takes long. 'prune' gives its room back by itself; this is for what it could not, \
      because somebody was reading, or was killed before.

      EXAMPLES
        strata store compact
        strata store compact --store team.db

      EXIT CODES
        0 done; 66 there is no store; 69 the store cannot be written now
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
      "\(report.rolledUpSlices) slices rolled up, \(report.removedShapes) unused lists removed; "
        + "\(report.bytesBefore.byteText) before, \(report.bytesAfter.byteText) now: "
        + location.name
    )
  }
}
#endif
