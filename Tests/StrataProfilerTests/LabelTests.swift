// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataProfiler
import StrataTestSupport
import StrataTesting
import Testing

struct LabelTests {
  private let clock = ManualClock()

  private func names(_ part: ProfilerSnapshot.Part) -> [String] {
    part.profile.functions.map(\.function.name.string)
  }

  @Test func `tells calls with other labels apart, with all that they call`() throws {
    let profiler = Profiler(clock: clock.profilerClock)
    profiler.run {
      profiler.measure("serve") {
        for size in 1...3 {
          profiler.measure("search", labels: ["input": size == 3 ? "large" : "small"]) {
            profiler.measure("match") { clock.advance(Int64(size)) }
          }
        }
      }
    }
    let parts = profiler.snapshot().parts
    #expect(parts.map(\.labels) == [[:], ["input": "small"], ["input": "large"]])
    #expect(parts.map(names) == [["serve"], ["search", "match"], ["search", "match"]])
    let small = parts[1].profile.functions
    #expect(small[0].statistics == .of(2, 0, seconds(3)))
    #expect(small[0].callers.map(\.caller.name) == ["serve"])
    #expect(small[1].statistics == .of(2, seconds(3), seconds(3)))
    let all = profiler.statsProfile().functions
    #expect(all.map(\.statistics.callCount) == [1, 3, 3])
    #expect(all.map(\.callers.count) == [0, 1, 1])
  }

  @Test func `labels within labels are added, and the inner ones hold`() {
    let profiler = Profiler(clock: clock.profilerClock)
    profiler.run {
      profiler.measure("a", labels: ["x": "1", "y": "1"]) {
        profiler.measure("b", labels: ["y": "2"]) {}
        profiler.measure("c") {}
      }
      profiler.measure("d") {}
    }
    let parts = profiler.snapshot().parts
    #expect(parts.map(\.labels) == [[:], ["x": "1", "y": "1"], ["x": "1", "y": "2"]])
    #expect(parts.map(names) == [["d"], ["a", "c"], ["b"]])
  }

  @Test func `sets of labels beyond the limit are counted together`() {
    let profiler = Profiler(clock: clock.profilerClock, labelSetLimit: 4)
    profiler.run {
      for number in 0..<10 {
        profiler.measure("call", labels: ["id": "\(number)"]) { clock.advance(1) }
      }
    }
    let snapshot = profiler.snapshot()
    #expect(snapshot.parts.count == 4)
    #expect(snapshot.parts.last?.labels == ["strata.labels": "other"])
    #expect(snapshot.parts.map(\.profile.totalCalls) == [1, 1, 1, 7])
    #expect(snapshot.profile.totalTime == seconds(10))
  }

  @Test func `labels of calls are not made while the profiler is off`() {
    let profiler = Profiler()
    var made = 0
    func labels() -> Labels {
      made += 1
      return [:]
    }
    profiler.measure("call", labels: labels()) {}
    #expect(made == 0)
  }
}
