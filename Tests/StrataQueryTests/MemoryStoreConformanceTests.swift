// SPDX-License-Identifier: Apache-2.0

import StrataQuery
import StrataTestSupport
import Testing

@Suite struct MemoryStoreConformanceTests {
  @Test(arguments: StoreConformance.all + StoreConformance.isolation)
  func `behaves as every store`(check: StoreConformance) throws {
    try check.run { MemoryStore() }
  }
}
