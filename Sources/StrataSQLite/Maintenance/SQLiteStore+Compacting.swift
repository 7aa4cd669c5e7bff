// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
public import StrataCore
public import StrataQuery

extension SQLiteStore {
  /// Rolls up what waits, removes what nothing refers to, and gives the room back.
  ///
  /// Nothing that can be asked for goes. Removing and giving back takes transactions of some 20 ms
  /// and leaves others their turns, and readers never wait. Pages that are left are not refilled,
  /// as SQLite's `VACUUM` would do: that takes the store from all others for as long as it runs, and
  /// its size again on the disk.
  ///
  /// A reader that began before the end keeps the log, and the file as large as it was, until the
  /// next time.
  ///
  /// - Parameters:
  ///   - time: Slices that end after it are left open: more captures are to come.
  ///   - progress: Called after each transaction; returns whether to continue.
  /// - Returns: What was done, and how much room it gave.
  /// - Throws: `StoreError`.
  /// - Complexity: O(*n*) in the captures that wait, the shapes and the pages that move.
  @discardableResult
  public func compact(
    endingBefore time: Timestamp,
    progress: (CompactionProgress) -> Bool = { _ in true }
  ) throws -> CompactionReport {
    guard case .readWrite = mode else { throw StoreError(readOnlyAt: path) }
    var report = CompactionReport()
    report.bytesBefore = bytesOnDisk
    var goesOn = true
    func ask(_ step: CompactionProgress.Step, _ done: Int, _ total: Int) -> Bool {
      goesOn = progress(CompactionProgress(step: step, done: done, total: total))
      return goesOn
    }
    try StoreError.translating(path: path) {
      report.rolledUpSlices = try rollUp(endingBefore: time) { ask(.rollingUp, $0, $1) }
      let shapes = try reading { try $0.number("SELECT count(*) FROM shape") }
      if goesOn {
        report.removedShapes = try removeUnusedShapes { ask(.removingShapes, $0, shapes) }
      }
      if goesOn { try releaseFreePages { ask(.releasingPages, $0, $1) } }
    }
    report.bytesAfter = bytesOnDisk
    return report
  }
}

#endif
