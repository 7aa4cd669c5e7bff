// SPDX-License-Identifier: Apache-2.0

#if Tools
import ArgumentParser
import StrataQuery
// rename and unlink.
import Foundation
import StrataExport
import StrataFormats
import StrataSpool

/// `strata store backup`: a copy of one moment, while others write.
struct StoreBackup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy a store into a new file, while others read and write.",
    discussion: """
      The copy is a complete and consistent store. It gets its name once it is safely on disk; an \
      existing file is replaced only with --force. A store of an older version is copied \
      unchanged. Copying the file by other means while it is being written can produce a damaged \
      store.

      EXAMPLES
        strata store backup nightly.strata
        strata store backup --store team.db /backups/team-2026-01-05.strata

      EXIT CODES
        0 the copy is on disk; 66 the store is missing; 69 the disk is full or failed; 73 the file \
      exists, or is the store itself
      """
  )

  @Argument(help: ArgumentHelp("The new file.", valueName: "file"), completion: .file())
  var file: String

  @Flag(help: "Replace an existing file, unless it is a store in use.")
  var force = false

  @OptionGroup var location: StoreLocation

  func run() async throws {
    guard let store = try await location.open(.backup) as? any BackedUpStore else {
      throw location.cannot("be backed up")
    }
    if force, FileIdentity(of: file) != nil {
      try await replace(with: store)
    } else {
      try await copy(store, to: file)
    }
    do {
      var copy = StoreLocation()
      copy.store = file
      let store = try await copy.open(.reading) as? any MeasuredStore
      let statistics = try await store?.statistics(measuringContent: false)
      let (captures, bytes) = (statistics?.profileCount ?? 0, statistics?.byteCount ?? 0)
      print("\(captures) captures, \(bytes.byteText): \(file)")
    } catch let error as StoreError where error.code == .olderVersion {
      print("copied unchanged, a store of an older version: \(file)")
    }
  }

  private func copy(_ store: any BackedUpStore, to file: String) async throws {
    var bar: ProgressBar?
    defer { bar?.clear() }
    try await store.backup(to: file) { done, total in
      if bar == nil { bar = ProgressBar(total: total) }
      bar?.update(done: done, of: total)
    }
  }

  /// Copies beside the existing file, and gives the copy its name at the end.
  private func replace(with store: any BackedUpStore) async throws {
    let target = FilePath.real(file) ?? file
    // Throws for the store itself and for a folder.
    _ = try OutputFile(target, reading: SourceFiles(store: location.file))
    // SQLite would add the log of the old file to the new one.
    for log in [target + "-wal", target + "-journal"] where FileIdentity(of: log) != nil {
      throw CommandError(
        .cannotWrite,
        "\(file): this is a store in use (it has a log, \(log)); name another file"
      )
    }
    let new = target + ".new-\(ProcessInfo.processInfo.processIdentifier)"
    defer { _ = unsafe unlink(new) }
    try await copy(store, to: new)
    guard unsafe rename(new, target) == 0 else {
      throw CommandError(.cannotWrite, "\(file): \(SystemMessage.text(errno))")
    }
  }
}
#endif
