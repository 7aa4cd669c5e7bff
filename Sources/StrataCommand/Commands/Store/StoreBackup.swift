// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataSQLite

/// `strata store backup`: a copy of one moment, while others write.
struct StoreBackup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy a store as it is now into a new file, while others read and write.",
    discussion: """
      The copy is a store like any other. It gets its name when it is whole and on the disk; a file \
      that is there already is left as it is. Copying the file by other means while somebody writes \
      may give a damaged store.

      EXAMPLES
        strata store backup nightly.strata
        strata store backup --store team.db /backups/team-2026-01-05.strata

      EXIT CODES
        0 the copy is on the disk; 66 there is no store; 69 the disk is full or failed; 73 a file \
      of that name is there
      """
  )

  @Argument(help: ArgumentHelp("The new file.", valueName: "file"), completion: .file())
  var file: String

  @OptionGroup var location: StoreLocation

  func run() throws {
    var bar: ProgressBar?
    try location.openForReading().backup(to: file) { done, total in
      if bar == nil { bar = ProgressBar(total: total) }
      bar?.update(done: done)
    }
    bar?.clear()
    let copy = try SQLiteStore.open(path: file, mode: .readOnly).statistics()
    print("\(copy.profileCount) captures, \(copy.byteCount.byteText): \(file)")
  }
}
#endif
