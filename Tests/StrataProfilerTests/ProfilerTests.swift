// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataProfiler
import StrataTestSupport
import StrataTesting
import Testing

struct ProfilerTests {
  private let clock = ManualClock()
  private let profiler: Profiler

  init() {
    profiler = Profiler(clock: clock.profilerClock)
  }

  private func figures(_ name: ByteString) -> CallStatistics? {
    profiler.statsProfile().functions.first { $0.function.name == name }?.statistics
  }

  @Test func `records nothing until it is enabled`() {
    #expect(profiler.measure { 3 } == 3)
    #expect(!profiler.isEnabled)
    #expect(profiler.statsProfile().functions.isEmpty)
    #expect(profiler.snapshot().threadCount == 0)
  }

  @Test func `names a call by the function and the file around it`() throws {
    profiler.run { profiler.measure { clock.advance(1) } }
    let function = try #require(profiler.statsProfile().functions.first?.function)
    #expect(function.name == "names a call by the function and the file around it()")
    #expect(function.file == "StrataProfilerTests/ProfilerTests.swift")
    #expect(function.line == #line - 4)
  }

  @Test func `hands results and errors through`() {
    struct Refusal: Error, Equatable {}
    profiler.run {
      #expect(profiler.measure("value") { "text" } == "text")
      #expect(throws: Refusal()) { try profiler.measure("error") { throw Refusal() } }
    }
    #expect(figures("error") == .of(1, 0, 0))
  }

  @Test func `what stands in two places of the source under one name and line is one function`() {
    profiler.run {
      profiler.measure("same", fileID: "a.swift", line: 1) { clock.advance(1) }
      profiler.measure("same", fileID: "a.swift", line: 1) { clock.advance(2) }
      profiler.measure("same", fileID: "a.swift", line: 2) { clock.advance(4) }
    }
    let calls = profiler.statsProfile().functions.map(\.statistics.callCount)
    #expect(calls == [2, 1])
  }

  @Test func `forgets what it recorded when it is cleared, but not the calls that are open`() {
    profiler.enable()
    profiler.measure("outer") {
      clock.advance(10)
      profiler.measure("inner") { clock.advance(5) }
      profiler.clear()
      clock.advance(3)
    }
    #expect(figures("outer") == .of(0, seconds(3), seconds(3)))
    #expect(figures("inner") == nil)
  }

  @Test func `takes the cost of probes off when it is asked to`() {
    let costly = Profiler(clock: clock.profilerClock, probeCost: ProbeCost(inside: 2, around: 3))
    costly.run {
      costly.measure("outer") {
        clock.advance(102)
        for _ in 0..<4 {
          clock.advance(3)
          costly.measure("inner") { clock.advance(12) }
        }
      }
    }
    let profile = costly.statsProfile()
    #expect(profile.functions[0].statistics == .of(1, seconds(100), seconds(140)))
    #expect(profile.functions[1].statistics == .of(4, seconds(40), seconds(40)))
    #expect(costly.snapshot().probeCost == ProbeCost(inside: 2, around: 3))
  }

  @Test func `takes the cost of probes off calls that are open, too`() {
    let costly = Profiler(clock: clock.profilerClock, probeCost: ProbeCost(inside: 30, around: 70))
    costly.enable()
    costly.measure("outer") {
      costly.measure("loop") {
        for _ in 0..<10 {
          clock.advance(70)
          costly.measure("leaf") { clock.advance(30) }
        }
        #expect(costly.statsProfile().functions.allSatisfy { $0.statistics.cumulativeTime == 0 })
        costly.disable()
      }
    }
    #expect(costly.statsProfile().functions.allSatisfy { $0.statistics.cumulativeTime == 0 })
  }

  @Test func `any line will do`() {
    profiler.run {
      for line in [0, -5, .min, .max] { profiler.measure("x", line: line) {} }
    }
    #expect(profiler.statsProfile().functions.map(\.function.line) == [0, -5, .min, .max])
  }

  @Test func `a probe that finds the profiler turned off meanwhile records nothing`() {
    func labels() -> Labels {
      profiler.disable()
      profiler.measure("not seen") {}
      return [:]
    }
    profiler.enable()
    profiler.measure("seen") {}
    profiler.measure("cut", labels: labels()) { clock.advance(5) }
    #expect(profiler.statsProfile().functions.map(\.function.name) == ["seen"])
    profiler.run { profiler.measure("later") { clock.advance(7) } }
    #expect(figures("later") == .of(1, seconds(7), seconds(7)))
  }

  @Test func `finds a cost of probes that is above nothing and below a microsecond or ten`() {
    let cost = ProbeCost.calibrated()
    #expect(cost.inside > 0 && cost.inside < 10_000)
    #expect(cost.around > 0 && cost.around < 10_000)
  }

  @Test func `measures the CPU time of the thread when it is asked to`() {
    let cpu = Profiler(clock: .cpu)
    #expect(cpu.snapshot().clock == .cpu)
    var sum: UInt64 = 0
    cpu.run {
      cpu.measure("work") {
        for number in 0..<200_000 as Range<UInt64> { sum = sum &* 31 &+ number }
      }
    }
    #expect(sum != 0)
    #expect((cpu.statsProfile().functions.first?.statistics.selfTime ?? 0) > 0)
  }

  @Test func `the shared profiler is off, and the free functions use it`() {
    // Other tests use the shared one too, so that only what has this name counts.
    measure("shared before") {}
    Profiler.shared.enable()
    measure("shared during") {}
    measure("shared with labels", labels: ["input": "a"]) {}
    Profiler.shared.disable()
    measure("shared after") {}
    let names = Profiler.shared.statsProfile().functions.map(\.function.name)
    #expect(
      names.filter { $0.string.hasPrefix("shared") } == ["shared during", "shared with labels"]
    )
  }
}
