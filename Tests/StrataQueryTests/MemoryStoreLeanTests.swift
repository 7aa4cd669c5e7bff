// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import Testing

@Suite struct MemoryStoreLeanTests {
  @Test func `a store without profiles answers, and gives none back`() throws {
    var random = RandomRecords(seed: 8)
    let records = (0..<20).map { random.record($0, .nanoseconds) }
    let lean = MemoryStore(keepingProfiles: false)
    try lean.insert(records)
    let query = SliceQuery(ProfileSelection(kind: .traced, clock: .wall), every: .seconds(60))
    #expect(try lean.slices(query) == MemoryStore(records).slices(query))
    #expect(throws: QueryError.unsupported("this store keeps no whole profiles")) {
      try lean.read { try $0.forEachRecord(.all) { _ in } }
    }
  }
}
