// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataQuery

/// A view without its roll-ups: answers questions whose conditions no sum can decide, such as
/// `@duration>1s`, by reading each capture.
///
/// Reading a capture fails where captures of its range were pruned, since their durations are gone.
struct SingleCaptures: StoreView {
  let view: SQLiteView

  var isSnapshot: Bool { view.isSnapshot }
  var functionLimit: Int? { view.functionLimit }

  func scan(
    _ selection: ProfileSelection,
    columns: ProfileColumns,
    body: (ProfileVectors) throws -> Void
  ) throws {
    try view.scan(selection, columns: columns, body: body)
  }

  func forEachCapture(_ selection: ProfileSelection, body: (Capture) throws -> Void) throws {
    try view.forEachCapture(selection, body: body)
  }

  func names(of selection: ProfileSelection) -> any FunctionNames {
    view.names(of: selection)
  }

  func labelKeys() throws -> [String] { try view.labelKeys() }

  func functionAliases() throws -> [FunctionID: FunctionID]? {
    try view.functionAliases()
  }
}

#endif
