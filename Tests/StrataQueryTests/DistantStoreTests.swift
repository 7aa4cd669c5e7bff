// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataQuery
import StrataTestSupport
import StrataTesting
import Testing

/// A store with latency, without a snapshot, and whose calls fail now and then.
struct DistantStoreTests {
  @Test(arguments: StoreConformance.all)
  func `behaves as every store`(check: StoreConformance) async throws {
    try await check.run { DistantStore(seed: 1) }
  }

  @Test(arguments: StoreConformance.answers)
  func `an error comes out, and never a wrong answer`(check: StoreConformance) async throws {
    // Fewer and fewer calls fail; the first try that meets no failure must pass.
    for step in 0..<16 {
      do {
        let rate = 8 << step
        try await check.run { DistantStore(seed: UInt64(step), failureRate: rate) }
        return
      } catch is DistantStore.Unreachable {
        continue
      }
    }
    Issue.record("no try met no failure")
  }

  private static let start: Int64 = 1_767_603_600_000_000_000

  private static func capture(_ number: Int, _ functions: Range<Int>) -> Capture {
    .capture(
      at: start + Int64(number) * 1_000_000_000,
      labels: ["number": "\(number % 4)"],
      functions.map { Cost(.at("a.py", $0, "f"), calls: 2, selfTime: 10 + $0) }
    )
  }

  @Test(arguments: [Grouping.function, .file, .label("number"), .all])
  func `captures that arrive during a question leave the answer consistent`(
    _ grouping: Grouping
  ) async throws {
    for metric in [Metric.selfTime, .calls] {
      let store = DistantStore(seed: 3)
      try await store.insert((0..<40).map { Self.capture($0, 0..<12) })
      // Inside of the range, and beyond both of its ends; some with functions that are new.
      store.receive { call in
        [
          Self.capture(call % 40, 0..<13), Self.capture(-call, 0..<3),
          Self.capture(90 + call, 3..<5),
        ]
        .map {
          var capture = $0
          capture.id = ProfileID(given: "\(call) \($0.start)")
          return capture
        }
      }
      var query = SliceQuery(metric: metric, every: .seconds(10), grouping: grouping, top: 2)
      query.statistic = .sum
      let result = try await store.slices(query)
      #expect(!result.slices.isEmpty)
      for (index, slice) in result.slices.enumerated() {
        let layers = result.series.compactMap { $0.values[index]?.sum }.reduce(0, +)
        #expect(layers + (slice.other?.sum ?? 0) == slice.total?.sum)
      }
      #expect(result.slices.reduce(0) { $0 + $1.captures } >= 40)
    }
  }

  @Test func `captures of another kind that arrive during a question are left out`() async throws {
    let store = DistantStore(seed: 4)
    try await store.insert((0..<8).map { Self.capture($0, 0..<3) })
    store.receive { call in
      var sampled = Self.capture(3, 0..<3)
      (sampled.kind, sampled.id) = (.sampled, ProfileID(given: "\(call)"))
      // Before the survey there is one kind alone.
      return call > 9 ? [sampled] : []
    }
    let series = try await store.slices(SliceQuery(every: .seconds(60), grouping: .all))
    #expect(series.slices.map(\.captures) == [8])
  }
}
