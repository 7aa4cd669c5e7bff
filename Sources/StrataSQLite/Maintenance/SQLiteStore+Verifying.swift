// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB

extension SQLiteStore {
  /// Reads everything, and compares it with its checksums and with one another: pages, dictionaries,
  /// every capture, and every roll-up with the captures or finer roll-ups that it holds.
  ///
  /// Damage in one capture costs that capture: it is named, and the rest is read. Others may write
  /// meanwhile; what was there at the beginning is verified.
  ///
  /// - Parameters:
  ///   - removingDamaged: Whether captures that cannot be read any more are removed, so that
  ///     questions are answered again. Their slices are rolled up anew, without them.
  ///   - progress: Called with how many captures and roll-ups are done and how many there are;
  ///     returns whether to go on.
  /// - Returns: What was read, and what of it is not as it was written.
  /// - Throws: ``StoreError`` where the store cannot be read at all.
  /// - Complexity: O(*n*) in all figures, times the labels of the captures.
  public func verify(
    removingDamaged: Bool = false,
    progress: (_ done: Int, _ total: Int) -> Bool = { _, _ in true }
  ) throws -> VerificationReport {
    var report = VerificationReport()
    var damaged: [Int64] = []
    try read { snapshot in
      guard let snapshot = snapshot as? SQLiteSnapshot else { return }
      var verifier = try Verifier(snapshot)
      try verifier.run(progress)
      (report, damaged) = (verifier.report, verifier.damagedProfiles)
    }
    guard removingDamaged, !damaged.isEmpty else { return report }
    try StoreError.translating(path: path) {
      for profile in damaged { try removeDamaged(profile) }
    }
    report.removedCaptures = damaged.count
    return report
  }

  /// Removes a capture, and the roll-ups of its slices, which are to be made anew.
  private func removeDamaged(_ profile: Int64) throws {
    guard mode != .readOnly else { throw StoreError(readOnlyAt: path) }
    try pool.writeImmediately { db in
      let query = "SELECT start FROM profile WHERE id = ?"
      let start = try Int64.fetchOne(db, sql: query, arguments: [profile])
      for sql in [
        "DELETE FROM profileEdges WHERE profile = ?", "DELETE FROM lateProfile WHERE profile = ?",
        "DELETE FROM profile WHERE id = ?",
      ] {
        try db.execute(sql: sql, arguments: [profile])
      }
      let pruned = try PrunedCaptures.bound(of: nil, db) ?? .min
      for level in RollupLevel.allCases {
        guard let start, let sliceStart = level.sliceStart(of: start), start >= pruned else {
          continue
        }
        let slice = Slice(level: level, start: sliceStart)
        try RollupWriter(db: db).removeAll(level, sliceStart)
        let late = "DELETE FROM lateProfile WHERE level = ? AND start = ?"
        try db.execute(sql: late, arguments: slice.arguments)
        try SliceState.open.set(slice, db)
      }
    }
  }
}

#endif
