// SPDX-License-Identifier: Apache-2.0

#if Tools

// FileManager and URL: names of files.
import Foundation
import GRDB
import StrataQuery

extension SQLiteStore {
  /// Copies the present state of the store into a new file, whatever is written meanwhile.
  ///
  /// The copy is a store like this one, free pages included. It gets its name when it is whole and
  /// on the disk: what has the name is a backup, even if the power fails in between. Until then
  /// `NAME.partial-NUMBER` is there, which a process that is killed leaves behind. The log of a
  /// store that is written to meanwhile grows until the copy is done.
  ///
  /// - Parameters:
  ///   - destination: A file that does not exist yet; its folder is made if need be.
  ///   - progress: Called with how many pages are copied and how many there are; what it throws
  ///     ends the copying, and nothing is left of it.
  /// - Throws: `StoreError`, with `StoreError/Code/exists` for a file that is there already.
  /// - Complexity: O(*n*) in the bytes of the file.
  public func backup(
    to destination: String,
    progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    // 4 MB between two calls.
    try backup(to: destination, pagesPerStep: 1_024, progress: progress)
  }

  func backup(
    to destination: String,
    pagesPerStep: CInt,
    progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws {
    let file = URL(fileURLWithPath: destination)
    guard !FileManager.default.fileExists(atPath: file.path) else {
      throw StoreError(existsAt: destination)
    }
    // SQLite would take the copy for a part of this store, and remove it.
    let source = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let target = file.deletingLastPathComponent().resolvingSymlinksInPath()
      .appending(path: file.lastPathComponent).path
    guard !["-journal", "-wal", "-shm"].contains(where: { source + $0 == target }) else {
      throw StoreError(existsAt: destination)
    }
    try Folders.createParent(of: file.path)
    let process = ProcessInfo.processInfo.processIdentifier
    let partial = URL(fileURLWithPath: file.path + ".partial-\(process)")
    Self.remove(partial)
    defer { Self.remove(partial) }
    try copy(to: partial.path, destination, pagesPerStep, progress)
    try Self.finish(partial, as: file, destination)
  }

  private func copy(
    to partial: String,
    _ destination: String,
    _ pagesPerStep: CInt,
    _ progress: (Int, Int) throws -> Void
  ) throws {
    // GRDB passes over what is thrown after the last step.
    var failure: (any Error)?
    do {
      let copy = try DatabaseQueue(path: partial)
      defer { try? copy.close() }
      // GRDB reads in one transaction, which no writer disturbs: SQLite need not begin again.
      try withoutActuallyEscaping(progress) { progress in
        try pool.backup(to: copy, pagesPerStep: pagesPerStep) { step in
          do {
            try progress(step.totalPageCount - step.remainingPageCount, step.totalPageCount)
          } catch {
            failure = error
            throw error
          }
        }
      }
    } catch let error as DatabaseError {
      let isOfSource = [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
      if error.resultCode == .SQLITE_CANTOPEN,
        let refusal = Folders.refusal(beside: partial, path: destination)
      {
        throw refusal
      }
      throw StoreError(error, path: isOfSource ? path : destination)
    }
    if let failure { throw failure }
  }

  private static func finish(_ partial: URL, as file: URL, _ destination: String) throws {
    do {
      try Folders.synchronize(partial)
      // Unlike the system's `rename`, this leaves a file that came meanwhile unchanged.
      try FileManager.default.moveItem(at: partial, to: file)
      try Folders.synchronize(file.deletingLastPathComponent())
    } catch let error as CocoaError where error.code == .fileWriteFileExists {
      throw StoreError(existsAt: destination)
    } catch {
      throw StoreError(diskFailedAt: destination, found: "one that did not accept the copy")
    }
  }

  private static func remove(_ partial: URL) {
    for suffix in ["", "-journal", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: partial.path + suffix)
    }
  }
}

extension StoreError {
  init(existsAt path: String) {
    self.init(
      .exists,
      path: path,
      expected: "no file with this name",
      found: "one",
      advice: "the file was not changed; choose another name"
    )
  }
}

#endif
