// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataCore
import StrataQuery

/// A view of the store: one read transaction, on a connection of its own, that lasts as long as the
/// view.
///
/// Nothing here waits for anything but the disk, so most methods of the asynchronous protocol are plain
/// ones; a server that must not block the threads of its tasks asks on an executor of its own.
struct SQLiteView: StoreView, FunctionNames {
  private let connection: ViewConnection
  private let snapshot: SQLiteSnapshot

  /// Creates a view of what the store holds at this moment, on a connection that begins a transaction.
  init(_ store: SQLiteStore, on connection: ViewConnection) throws {
    self.connection = connection
    snapshot = try connection.read { try store.snapshot($0) }
  }

  let isSnapshot = true

  /// Numbers begin at 1, and no later writer can add one to this snapshot.
  var functionLimit: Int? { Int(snapshot.functionCount) + 1 }

  /// Runs `body` on the queue of the connection; names are looked up while sums come in, on the same.
  private func reading<Result>(_ body: (SQLiteSnapshot) throws -> Result) throws -> Result {
    try connection.read { _ in try body(snapshot) }
  }

  func scan(
    _ selection: ProfileSelection,
    columns: ProfileColumns,
    body: (ProfileVectors) throws -> Void
  ) throws {
    try reading { try $0.scan(selection, columns: columns, body: body) }
  }

  func forEachCapture(_ selection: ProfileSelection, body: (Capture) throws -> Void) throws {
    try reading { try $0.forEachRecord(selection, body: body) }
  }

  func names(of selection: ProfileSelection) -> any FunctionNames { self }

  func function(_ id: FunctionID) throws -> Function {
    try reading { try $0.function(id) }
  }

  func functionAliases() throws -> [FunctionID: FunctionID]? {
    try reading { try $0.functionAliases() }
  }

  func labelKeys() throws -> [String] {
    try reading { snapshot in
      let sets = try snapshot.names.labelSets(snapshot.db, path: snapshot.path).values
      return Set(sets.lazy.flatMap { $0.pairs.map(\.key) }).sorted()
    }
  }

  func survey(
    _ selection: ProfileSelection,
    longestExpected: Duration?
  ) async throws -> CaptureSurvey {
    guard !selection.filter.needsSingleCaptures else {
      return try await SingleCaptures(view: self).survey(
        selection,
        longestExpected: longestExpected
      )
    }
    return try reading { try $0.survey(selection, longestExpected: longestExpected) }
  }

  func forEachSum(_ request: SumRequest, body: (CaptureSums) throws -> Void) async throws {
    guard !request.selection.filter.needsSingleCaptures else {
      return try await SingleCaptures(view: self).forEachSum(request, body: body)
    }
    try reading { try $0.forEachSum(request, body: body) }
  }

  func plan(_ request: SumRequest) async throws -> SumPlan {
    guard !request.selection.filter.needsSingleCaptures else {
      return try await SingleCaptures(view: self).plan(request)
    }
    return try reading { try $0.plan(request) }
  }

  func total(
    _ selection: ProfileSelection,
    resolution: SumRequest.Resolution
  ) async throws -> StatsProfile {
    guard !selection.filter.needsSingleCaptures else {
      return try await SingleCaptures(view: self).total(selection, resolution: resolution)
    }
    return try reading { try $0.total(selection, resolution: resolution) }
  }
}

#endif
