// SPDX-License-Identifier: Apache-2.0

import Foundation
import StrataCore
import StrataTestSupport
import StrataTesting
import Synchronization
import Testing

@testable import StrataProfiler

/// Many threads at once, read while they run.
///
/// Worth most under ThreadSanitizer.
struct ThreadTests {
  /// Runs a closure on threads of its own, and waits for all of them.
  private static func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for number in 0..<count {
      group.enter()
      Thread {
        body(number); group.leave()
      }.start()
    }
    group.wait()
  }

  @Test func `counts every call of every thread while others read`() {
    let profiler = Profiler()
    let isDone = Atomic(false)
    let reader = DispatchGroup()
    reader.enter()
    let taken = Mutex((base: RecordingImage(), sum: [EdgeKey: EdgeFigures]()))
    let take = { @Sendable in
      taken.withLock { taken in
        let part = profiler.image().difference(since: &taken.base)
        for (key, figures) in part.edges {
          #expect(figures.callCount >= 0 && figures.selfTime >= 0 && figures.cumulativeTime >= 0)
          taken.sum[key, default: .zero] += figures
        }
      }
    }
    profiler.enable()
    Thread {
      while !isDone.load(ordering: .relaxed) { take() }
      reader.leave()
    }.start()
    Self.onThreads(8) { number in
      for _ in 0..<2_000 {
        profiler.measure("outer") {
          for _ in 0..<3 { profiler.measure("inner") {} }
          if number == 0 { profiler.measure("first only") {} }
        }
      }
    }
    isDone.store(true, ordering: .relaxed)
    reader.wait()
    profiler.disable()
    take()
    let snapshot = profiler.snapshot()
    let counts = Dictionary(
      uniqueKeysWithValues: snapshot.profile.functions.map {
        ($0.function.name.string, $0.statistics.callCount)
      }
    )
    #expect(counts == ["outer": 16_000, "inner": 48_000, "first only": 2_000])
    #expect(snapshot.threadCount == 8)
    #expect(taken.withLock { $0.sum } == profiler.image().edges)
    // No time is counted twice: what the outermost calls took is what all calls took themselves.
    let edges = profiler.image().edges
    let roots = edges.filter { $0.key.caller == FunctionEntry.none }.values
    #expect(
      roots.reduce(0) { $0 + $1.cumulativeTime } == edges.values.reduce(0) { $0 + $1.selfTime }
    )
  }

  @Test func `keeps what threads recorded that have ended, but not their memory`() {
    let profiler = Profiler()
    profiler.run {
      for _ in 0..<50 {
        Self.onThreads(4) { _ in profiler.measure("call") {} }
      }
    }
    let snapshot = profiler.snapshot()
    #expect(snapshot.profile.totalCalls == 200)
    #expect(snapshot.threadCount == 200)
    #expect(profiler.image().activity.count < 200)
  }

  @Test func `counts the time of a call that waits on another thread`() {
    let clock = ManualClock()
    let profiler = Profiler(clock: clock.profilerClock)
    let (entered, left) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let thread = DispatchGroup()
    thread.enter()
    profiler.enable()
    Thread {
      profiler.measure("waits") {
        entered.signal()
        left.wait()
      }
      thread.leave()
    }.start()
    entered.wait()
    clock.advance(500)
    #expect(profiler.statsProfile().totalTime == seconds(500))
    clock.advance(300)
    profiler.disable()
    clock.advance(10_000)
    #expect(profiler.statsProfile().totalTime == seconds(800))
    profiler.enable()
    left.signal()
    thread.wait()
    #expect(profiler.statsProfile().totalTime == seconds(800))
    #expect(profiler.statsProfile().totalCalls == 1)
  }

  /// Not under AddressSanitizer, for whose marks of frames stay that are never returned from:
  /// `--skip 'thread ends'`.
  @Test func `a call that is open when its thread ends took until then`() throws {
    let clock = ManualClock()
    let profiler = Profiler(clock: clock.profilerClock)
    profiler.enable()
    var base = RecordingImage()
    let (entered, left) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let thread = Thread {
      profiler.measure("cut") {
        entered.signal()
        left.wait()
        Thread.exit()
      }
    }
    thread.start()
    entered.wait()
    clock.advance(100)
    let part = profiler.image().difference(since: &base)
    #expect(part.edges.values.map(\.selfTime) == [100])
    left.signal()
    try Patience.wait { profiler.image().finishedThreads > 0 }
    #expect(profiler.statsProfile().totalTime == seconds(100))
  }

  @Test func `may be turned on and off while threads call`() {
    let profiler = Profiler()
    let isDone = Atomic(false)
    let toggling = DispatchGroup()
    toggling.enter()
    Thread {
      while !isDone.load(ordering: .relaxed) {
        profiler.enable()
        _ = profiler.snapshot()
        profiler.disable()
        profiler.clear()
      }
      toggling.leave()
    }.start()
    Self.onThreads(4) { _ in
      var random = SeededGenerator(seed: 1)
      func call(_ depth: Int) {
        profiler.measure("call") {
          if depth > 0, Int.random(in: 0..<3, using: &random) > 0 { call(depth - 1) }
        }
      }
      for _ in 0..<5_000 { call(6) }
    }
    isDone.store(true, ordering: .relaxed)
    toggling.wait()
    let figures = profiler.image().edges.values
    #expect(figures.allSatisfy { $0.callCount >= $0.recursiveCallCount && $0.selfTime >= 0 })
  }

  /// Not under ThreadSanitizer, whose own stack of calls is not that deep: `--skip deeper`.
  @Test func `calls nested deeper than it holds are part of the last that it holds`() {
    let clock = ManualClock()
    let profiler = Profiler(clock: clock.profilerClock)
    let thread = DispatchGroup()
    thread.enter()
    let deep = Thread {
      @Sendable func nest(_ depth: Int) {
        clock.advance(1)
        if depth > 0 { profiler.measure("nest") { nest(depth - 1) } }
      }
      profiler.run { nest(FrameStack.capacity + 10) }
      thread.leave()
    }
    deep.stackSize = 512 << 20
    deep.start()
    thread.wait()
    let snapshot = profiler.snapshot()
    #expect(snapshot.unrecordedCalls == 10)
    #expect(snapshot.profile.totalCalls == CallCount(FrameStack.capacity))
    #expect(snapshot.profile.totalTime == seconds(Int64(FrameStack.capacity) + 10))
  }

  @Test func `several profilers on one thread do not know each other`() {
    let clock = ManualClock()
    let profilers = (0..<40).map { _ in Profiler(clock: clock.profilerClock) }
    for profiler in profilers { profiler.enable() }
    for (number, profiler) in profilers.enumerated() {
      profiler.measure("own") {
        profilers[(number + 1) % profilers.count].measure("next") { clock.advance(7) }
      }
    }
    for profiler in profilers {
      let functions = profiler.statsProfile().functions
      #expect(functions.map(\.function.name.string).sorted() == ["next", "own"])
      #expect(
        functions.allSatisfy { $0.statistics.cumulativeTime == seconds(7) && $0.callers.isEmpty }
      )
    }
  }

  @Test func `profilers may be made and thrown away in numbers`() {
    for _ in 0..<3_000 {
      let profiler = Profiler()
      profiler.run { profiler.measure("call") {} }
      #expect(profiler.statsProfile().totalCalls == 1)
    }
  }
}
