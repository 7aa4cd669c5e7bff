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
}

#endif
