// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

@Suite struct MemoryStoreLeanTests {
  @Test func `a store without profiles answers, and gives none back`() async throws {
    var random = RandomRecords(seed: 8)
    let records = (0..<20).map { random.record($0, .nanoseconds) }
    let lean = MemoryStore(keepingProfiles: false)
    try await lean.insert(records)
    let query = SliceQuery(ProfileSelection(kind: .traced, clock: .wall), every: .seconds(60))
    #expect(try await lean.slices(query) == MemoryStore(records).slices(query))
    await #expect(throws: QueryError.noWholeProfiles) {
      try await lean.read { try await $0.forEachCapture(.all) { _ in } }
    }
  }
}
