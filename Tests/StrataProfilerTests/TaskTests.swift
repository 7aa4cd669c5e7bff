// SPDX-License-Identifier: Apache-2.0

import StrataCore
import StrataProfiler
import StrataTestSupport
import StrataTesting
import Synchronization
import Testing

struct TaskTests {
  private let clock = ManualClock()
  private let profiler: Profiler

  init() {
    profiler = Profiler(clock: clock.profilerClock)
  }

  private func function(_ name: ByteString) throws -> FunctionProfile {
    try #require(profiler.statsProfile().functions.first { $0.function.name == name })
  }

  /// Goes on in another job, perhaps on another thread, after some time.
  private func suspend(_ time: Int64) async {
    await Task.yield()
    clock.advance(time)
    await Task.yield()
  }

  @Test func `time in which a task is suspended is no self time`() async throws {
    profiler.enable()
    await profiler.measure("load") {
      await suspend(100)
      profiler.measure("parse") { clock.advance(20) }
      await suspend(3)
    }
    let load = try function("load")
    #expect(load.statistics == .of(1, 0, seconds(123)))
    let parse = try function("parse")
    #expect(parse.statistics == .of(1, seconds(20), seconds(20)))
    #expect(parse.callers.map(\.caller) == [load.function])
    let awaiting = try function("<awaiting>")
    #expect(awaiting.function == ProfilerSnapshot.awaiting)
    #expect(awaiting.statistics == .of(1, seconds(103), seconds(103)))
    #expect(awaiting.callers.map(\.caller) == [load.function])
    #expect(profiler.statsProfile().totalTime == seconds(123))
  }

  @Test func `callers follow the task through asynchronous calls`() async throws {
    profiler.enable()
    await profiler.measure("handle") {
      await suspend(1)
      await profiler.measure("query") {
        await suspend(10)
        await profiler.measure("read") { await suspend(100) }
      }
    }
    #expect(try function("query").callers.map(\.caller.name) == ["handle"])
    #expect(try function("read").callers.map(\.caller.name) == ["query"])
    #expect(try function("handle").statistics.cumulativeTime == seconds(111))
    #expect(try function("query").statistics.cumulativeTime == seconds(110))
    let waits = try function("<awaiting>").callers.map(\.figures)
    #expect(waits == [1, 10, 100].map { .full(.of(1, seconds($0), seconds($0))) })
  }

  @Test func `recursion counts once`() async throws {
    func nest(_ depth: Int) async {
      await profiler.measure("nest") {
        await suspend(1)
        if depth > 0 { await nest(depth - 1) }
      }
    }
    profiler.enable()
    await nest(4)
    let nest = try function("nest")
    #expect(nest.statistics == .of(5, primitive: 1, 0, seconds(5)))
    #expect(nest.callers.map(\.figures) == [.full(.of(4, primitive: 1, 0, seconds(4)))])
  }

  @Test func `child tasks have the function as their caller, and times of their own`() async throws
  {
    profiler.enable()
    await profiler.measure("gather") {
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<3 {
          group.addTask {
            await profiler.measure("child") {
              profiler.measure("work") { clock.advance(5) }
              await Task.yield()
            }
          }
        }
      }
    }
    let child = try function("child")
    #expect(child.statistics.callCount == 3)
    #expect(child.callers.map(\.caller.name) == ["gather"])
    #expect(try function("work").statistics == .of(3, seconds(15), seconds(15)))
    // The function waits while its children run, so that their times are not taken off its own.
    #expect(try function("gather").statistics.cumulativeTime == seconds(15))
  }

  @Test
  func `what a child task calls directly is called by the function, and not taken off its wait`()
    async throws
  {
    profiler.enable()
    await profiler.measure("gather") {
      async let value: Void = profiler.measure("work") { clock.advance(5) }
      await value
    }
    #expect(try function("work").callers.map(\.caller.name) == ["gather"])
    #expect(try function("<awaiting>").statistics.selfTime == seconds(5))
  }

  @Test func `a task that outlives the call that started it keeps it as its caller`() async throws {
    profiler.enable()
    let task = await profiler.measure("start") {
      await Task.yield()
      return Task {
        await suspend(1)
        await profiler.measure("later") { await suspend(7) }
      }
    }
    await task.value
    let later = try function("later")
    #expect(later.callers.map(\.caller.name) == ["start"])
    #expect(later.statistics == .of(1, 0, seconds(7)))
  }

  @Test func `labels hold in asynchronous calls, and in tasks that they start`() async throws {
    profiler.enable()
    await profiler.measure("request", labels: ["input": "large"]) {
      await suspend(1)
      profiler.measure("parse") {}
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await profiler.measure("child") { await Task.yield() } }
      }
    }
    let parts = profiler.snapshot().parts
    #expect(parts.map(\.labels) == [["input": "large"]])
    let names = parts.first?.profile.functions.map(\.function.name.string).sorted()
    #expect(names == ["<awaiting>", "child", "parse", "request"])
  }

  @Test func `results and errors come through`() async {
    struct Refusal: Error, Equatable {}
    profiler.enable()
    let value = await profiler.measure("value") {
      await Task.yield(); return 4
    }
    #expect(value == 4)
    await #expect(throws: Refusal()) {
      try await profiler.measure("error") {
        await Task.yield(); throw Refusal()
      }
    }
    #expect(profiler.statsProfile().totalCalls == 2)
  }

  @Test func `a call that has not returned when the profiler is turned off is not counted`() async {
    profiler.enable()
    await profiler.measure("cut") {
      await suspend(5)
      profiler.disable()
    }
    profiler.enable()
    await profiler.measure("whole") { await suspend(5) }
    let names = profiler.statsProfile().functions.map(\.function.name)
    #expect(names == ["whole", "<awaiting>"])
  }

  @Test(arguments: [false, true])
  func `a call stays on the actor on which it is made`(isOn: Bool) async {
    let place = Place(profiler)
    if isOn { profiler.enable() }
    #expect(await place.isKept())
    #expect(await place.isKeptByInheritingFunctions())
    #expect(await mainActorWithinCalls(of: profiler) === MainActor.shared)
    #expect(profiler.statsProfile().totalCalls == (isOn ? 6 : 0))
  }

  @Test func `a task that outlives a call of its function is no recursion`() async throws {
    let task = Mutex<Task<Void, Never>?>(nil)
    let (profiler, clock) = (profiler, clock)
    @Sendable func call(_ body: () async -> Void) async { await profiler.measure("call", body) }
    let (isOver, over) = AsyncStream.makeStream(of: Void.self)
    profiler.enable()
    await call {
      let inner = Task {
        await call {
          for await _ in isOver {}
          clock.advance(200)
        }
      }
      task.withLock { $0 = inner }
      clock.advance(10)
    }
    over.finish()
    await task.withLock { $0 }?.value
    // Both began at once: the second waited for the first, and went on.
    let total = try function("call").statistics
    #expect(total.callCount == 2 && total.primitiveCallCount == 2)
    #expect(total.cumulativeTime >= seconds(210))
  }

  @Test func `a call from before the profiler was turned off is around none`() async throws {
    profiler.enable()
    await profiler.measure("call") {
      profiler.disable()
      profiler.enable()
      await profiler.measure("call", line: 1) { await suspend(1) }
      await profiler.measure("call", line: 1) {
        await profiler.measure("call", line: 1) { await suspend(1) }
      }
    }
    let call = try #require(profiler.statsProfile().functions.first { $0.function.line == 1 })
    #expect(call.statistics == .of(3, primitive: 2, 0, seconds(2)))
  }

  @Test func `a call of another profiler that has returned does not hide its own`() async throws {
    let other = Profiler(clock: clock.profilerClock)
    other.enable()
    profiler.enable()
    let (profiler, clock) = (profiler, clock)
    await profiler.measure("start") {
      let task = await other.measure("between") {
        await Task.yield()
        return Task {
          await Task.yield()
          profiler.measure("work") { clock.advance(1) }
        }
      }
      await task.value
    }
    #expect(try function("work").callers.map(\.caller.name) == ["start"])
  }

  @Test func `recursion is seen through a call between that has returned`() async throws {
    let (profiler, clock) = (profiler, clock)
    @Sendable func call(_ body: () async -> Void) async { await profiler.measure("call", body) }
    profiler.enable()
    await call {
      let task = await profiler.measure("between") {
        await Task.yield()
        return Task {
          await Task.yield()
          await call { clock.advance(50) }
        }
      }
      await task.value
      clock.advance(20)
    }
    #expect(try function("call").statistics == .of(2, primitive: 1, 0, seconds(70)))
  }

  @Test func `calls of many tasks are counted, each once`() async {
    let profiler = Profiler()
    profiler.enable()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<64 {
        group.addTask {
          for _ in 0..<100 {
            await profiler.measure("outer") {
              profiler.measure("before") {}
              await Task.yield()
              if number.isMultiple(of: 2) { await profiler.measure("inner") { await Task.yield() } }
            }
          }
        }
      }
      for _ in 0..<50 { _ = profiler.snapshot() }
    }
    let functions = profiler.statsProfile().functions
    let counts = Dictionary(
      uniqueKeysWithValues: functions.map { ($0.function.name.string, $0.statistics.callCount) }
    )
    #expect(counts == ["outer": 6_400, "before": 6_400, "inner": 3_200, "<awaiting>": 9_600])
    #expect(
      functions.filter { $0.function.name == "before" }[0].callers.map(\.callCount) == [6_400]
    )
    // Every task's time is its own: the outermost calls hold all of it.
    let total = functions.reduce(0) { $0 + $1.statistics.selfTime }
    let outer = functions.first { $0.function.name == "outer" }?.statistics.cumulativeTime ?? 0
    #expect((total - outer).magnitude < 1e-6)
  }
}

/// An actor whose functions are measured.
private actor Place {
  private let profiler: Profiler
  private var calls = 0

  init(_ profiler: Profiler) { self.profiler = profiler }

  /// Whether functions that inherit the actor of their caller find themselves on this one, in closures that
  /// use it.
  func isKept() async -> Bool {
    let actor = await profiler.measure("outer") {
      calls += 1
      let actor = await profiler.measure("inner", labels: ["calls": "\(calls)"]) {
        calls += 1
        return await currentActor()
      }
      return await currentActor() === actor ? actor : nil
    }
    return actor === self
  }

  /// Whether they do in closures of functions that inherit it themselves.
  func isKeptByInheritingFunctions() async -> Bool {
    await actorWithinCalls(of: profiler) === self
  }
}

/// The actor on which a function runs that is called within two measured calls.
private nonisolated(nonsending) func actorWithinCalls(of profiler: Profiler) async -> (any Actor)? {
  await profiler.measure("outer", isolation: .inherited) {
    await profiler.measure("inner", labels: ["a": "b"], isolation: .inherited) {
      await currentActor()
    }
  }
}

/// The same on the main actor.
@MainActor
private func mainActorWithinCalls(of profiler: Profiler) async -> (any Actor)? {
  await profiler.measure("outer") {
    await profiler.measure("inner") { await currentActor() }
  }
}

private nonisolated(nonsending) func currentActor() async -> (any Actor)? { #isolation }
