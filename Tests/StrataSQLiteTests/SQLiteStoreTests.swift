// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataQuery
import StrataTestSupport
import Testing

@testable import StrataSQLite

struct SQLiteStoreTests {
  @Test(arguments: StoreConformance.all + StoreConformance.isolation)
  func `behaves as every store`(check: StoreConformance) throws {
    let folder = try TemporaryFolder()
    try check.run { try SQLiteStore.open(path: folder.file()) }
  }
}

#endif
