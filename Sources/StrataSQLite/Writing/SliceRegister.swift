// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore

/// Keeps account, in the transaction of an insertion, of the slices that wait to be rolled up.
///
/// The rule that makes roll-ups exact at every moment: those of a slice hold all of its profiles
/// but the late ones, which `lateCapture` names and readers add.
struct SliceRegister {
  /// Whether the slices of this transaction's profiles are rolled up.
  private var isRolledUp: [Slice: Bool] = [:]
  private var pruned: [RollupLevel: Int64] = [:]

  /// Notes a profile that was just written.
  mutating func add(_ profile: Int64, start: Timestamp, _ db: Database) throws {
    for level in RollupLevel.allCases {
      guard let sliceStart = level.sliceStart(of: start.nanoseconds) else { continue }
      let slice = Slice(level: level, start: sliceStart)
      guard try isRolledUp(slice, db) else { continue }
      let insert = "INSERT INTO lateCapture (level, start, capture) VALUES (?, ?, ?)"
      try db.cachedStatement(sql: insert)
        .execute(arguments: [slice.level.rawValue, slice.start, profile])
    }
  }

  /// What slices of a level before this are made of is gone; captures that come for them now are
  /// late.
  private mutating func prunedBefore(_ level: RollupLevel, _ db: Database) throws -> Int64 {
    if let known = pruned[level] { return known }
    let bound = try PrunedCaptures.bound(of: level.parts, db) ?? .min
    pruned[level] = bound
    return bound
  }

  private mutating func isRolledUp(_ slice: Slice, _ db: Database) throws -> Bool {
    if let known = isRolledUp[slice] { return known }
    let isRolledUp = try lookUp(slice, db)
    self.isRolledUp[slice] = isRolledUp
    return isRolledUp
  }

  private mutating func lookUp(_ slice: Slice, _ db: Database) throws -> Bool {
    if slice.start < (try prunedBefore(slice.level, db)) {
      // An hour that is kept by its captures has no roll-ups that a new one could be late for.
      guard slice.level != .day, let hour = RollupLevel.hour.sliceStart(of: slice.start) else {
        return true
      }
      return try SliceState(Slice(level: .hour, start: hour), db) != .keptByCaptures
    }
    if let state = try SliceState(slice, db) { return state == .rolledUp }
    try SliceState.open.set(slice, db)
    return false
  }
}

#endif
