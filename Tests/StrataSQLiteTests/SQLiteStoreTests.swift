// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataSQLite

struct SQLiteStoreTests {
  @Test(arguments: StoreConformance.all + StoreConformance.isolation)
  func `behaves as every store`(check: StoreConformance) async throws {
    let folder = try TemporaryFolder()
    try await check.run { try SQLiteStore.open(path: folder.file()) }
  }

  /// Another view may have the connection by then, whose captures it would show.
  @Test func `a view that is used after its end stops the program`() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let folder = try TemporaryFolder()
      let store = try SQLiteStore.open(path: folder.file())
      let ended = try await store.read { $0 }
      try await store.read { _ in _ = try await ended.labelKeys() }
    }
    let said = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(said.contains("a view of a store was used after it ended"))
  }
}

#endif
