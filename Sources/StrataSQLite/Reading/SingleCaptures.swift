// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataQuery

/// A snapshot without its roll-ups: answers questions whose conditions no sum can decide, such as
/// `@duration>1s`, by reading each capture.
///
/// Reading a capture fails where captures of its range were pruned, since their durations are gone.
struct SingleCaptures: StoreView {
  let snapshot: SQLiteSnapshot

  func scan(
    _ selection: ProfileSelection,
    columns: ProfileColumns,
    body: (ProfileVectors) throws -> Void
  ) throws {
    try snapshot.scan(selection, columns: columns, body: body)
  }

  func forEachRecord(
    _ selection: ProfileSelection,
    body: (Capture) throws -> Void
  ) throws {
    try snapshot.forEachRecord(selection, body: body)
  }

  func function(_ id: FunctionID) throws -> Function {
    try snapshot.function(id)
  }

  func functionAliases() throws -> [FunctionID: FunctionID]? {
    try snapshot.functionAliases()
  }
}

#endif
