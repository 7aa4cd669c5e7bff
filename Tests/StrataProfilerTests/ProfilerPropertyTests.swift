// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataProfiler

/// Made-up programs, measured beside a reference that counts by definition.
struct ProfilerPropertyTests {
  private func program(_ seed: UInt64) -> [RandomCall] {
    var random = SeededGenerator(seed: seed)
    return (0..<4).map { _ in RandomCall(depth: 9, using: &random) }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `agrees with the definition`(seed: UInt64) throws {
    let clock = ManualClock()
    let profiler = Profiler(clock: clock.profilerClock)
    var reference = NaiveReference()
    profiler.run {
      for call in program(seed) {
        try? call.run(profiler, clock) {}
        reference.add(call)
      }
    }
    let functions = profiler.statsProfile().functions
    for function in functions {
      let number = function.function.line
      #expect(function.statistics == reference.figures(of: number))
      for caller in function.callers {
        let expected = reference.figures(of: number, from: caller.caller.line)
        #expect(caller.figures == .full(expected))
      }
      let recorded = function.callers.reduce(0) { $0 + $1.callCount }
      #expect(recorded <= function.statistics.callCount)
    }
    let expected = (0..<RandomCall.names.count).filter { reference.figures(of: $0).callCount > 0 }
    #expect(Set(functions.map(\.function.line)) == Set(expected))
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `parts between moments add up to the whole, and to the time that passed`(seed: UInt64) throws
  {
    let clock = ManualClock()
    let profiler = Profiler(clock: clock.profilerClock)
    var (base, sum) = (RecordingImage(), [EdgeKey: EdgeFigures]())
    var last = clock.now
    func take() {
      let part = profiler.image().difference(since: &base)
      let time = part.edges.values.reduce(Nanoseconds.zero) { $0 + $1.selfTime }
      #expect(time == Nanoseconds(clock.now - last))
      last = clock.now
      for (key, figures) in part.edges { sum[key, default: .zero] += figures }
    }
    profiler.enable()
    for call in program(seed) { try? call.run(profiler, clock, onPause: take) }
    profiler.disable()
    take()
    #expect(sum == profiler.image().edges)
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `calls that are open when it is turned off count until then`(seed: UInt64) throws {
    let clock = ManualClock()
    let profiler = Profiler(clock: clock.profilerClock)
    var pauses = 0
    var end: Int64?
    let start = clock.now
    profiler.enable()
    for call in program(seed) {
      try? call.run(profiler, clock) {
        pauses += 1
        guard pauses == 3 else { return }
        profiler.disable()
        end = clock.now
      }
    }
    profiler.disable()
    let image = profiler.image()
    let time = image.edges.values.reduce(Nanoseconds.zero) { $0 + $1.selfTime }
    #expect(time == Nanoseconds((end ?? clock.now) - start))
    #expect(
      image.edges.values.allSatisfy { $0.selfTime >= .zero && $0.edgeCumulativeTime >= $0.selfTime }
    )
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `calls that it did not see begin are left out when it is turned on again`(
    seed: UInt64
  ) throws {
    let clock = ManualClock()
    let profiler = Profiler(clock: clock.profilerClock)
    let program = program(seed)
    var reference = NaiveReference()
    profiler.measure("outside") {
      profiler.enable()
      profiler.measure("gone", fileID: "g.swift", line: 99) {
        profiler.disable()
        profiler.enable()
        for call in program { try? call.run(profiler, clock) {} }
      }
      profiler.disable()
    }
    for call in program { reference.add(call) }
    for function in profiler.statsProfile().functions {
      let gone = CallStatistics.of(1, 0, 0)
      let number = function.function.line
      #expect(function.statistics == (number == 99 ? gone : reference.figures(of: number)))
    }
  }
}
