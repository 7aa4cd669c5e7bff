// SPDX-License-Identifier: Apache-2.0

import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@Suite struct MemoryStoreConformanceTests {
  @Test(arguments: StoreConformance.all + StoreConformance.isolation)
  func `behaves as every store`(check: StoreConformance) async throws {
    try await check.run { MemoryStore() }
  }

  @Test(arguments: StoreConformance.answers)
  func `the questions bear sums of any captures`(check: StoreConformance) async throws {
    try await check.run { WrappingStore.summing(seed: 1) }
  }
}
