// SPDX-License-Identifier: Apache-2.0

#if Tracing
import StrataCore
import StrataProfiler
import StrataTracing
import Testing
import Tracing

struct SpanTests {
  let fixture = Fixture()

  @Test func `spans that are nested over await have calls, times and callers`() async {
    let fixture = fixture
    await withTracer(fixture.tracer) {
      await withSpan("request") { _ in
        fixture.advance(10)
        for _ in 0..<2 {
          await withSpan("query") { _ in
            fixture.advance(3)
            await Task.yield()
            fixture.advance(4)
          }
        }
        await Task.yield()
        fixture.advance(100)
      }
    }
    #expect(
      fixture.lines == [
        "<awaiting> 3 124 124",
        "query 2 0 14",
        "query > <awaiting> 2 14 14",
        "request 1 0 124",
        "request > <awaiting> 1 110 110",
        "request > query 2 0 14",
      ]
    )
  }

  @Test func `a span is a call of a function at the place where it starts`() {
    let line: UInt = #line + 1
    fixture.tracer.withSpan("request") { _ in }
    let function = Function(
      file: "StrataTracingTests/SpanTests.swift",
      line: Int(line),
      name: "request"
    )
    #expect(fixture.profiler.statsProfile().functions.map(\.function) == [function])
  }

  @Test func `children in other tasks take nothing off the time of their parent`() async {
    let fixture = fixture
    await fixture.tracer.withSpan("parent") { _ in
      await withTaskGroup { group in
        for _ in 0..<3 {
          group.addTask {
            fixture.tracer.withSpan("child") { _ in fixture.advance(10) }
          }
        }
      }
    }
    let profile = fixture.profiler.statsProfile()
    #expect(profile.statistics("child")?.callCount == 3)
    let parent = profile.functions.first { $0.function.name == "parent" }
    #expect(parent?.statistics.cumulativeTime == Double(30) * 1e-9)
    #expect(fixture.lines.contains("parent > <awaiting> 1 30 30"))
    let child = profile.functions.first { $0.function.name == "child" }
    #expect(child?.callers.map(\.caller.name) == ["parent"])
  }

  @Test func `a span whose closure throws is counted, and the error passes`() async {
    let fixture = fixture
    await #expect(throws: Failure.self) {
      try await fixture.tracer.withSpan("fails") { _ in
        await Task.yield()
        fixture.advance(5)
        throw Failure()
      }
    }
    #expect(throws: Failure.self) {
      try fixture.tracer.withSpan("fails too") { _ in throw Failure() }
    }
    #expect(fixture.lines.contains("fails 1 0 5"))
    #expect(fixture.lines.contains("fails too 1 0 0"))
  }

  @Test func `a span may end on another thread than it started`() async {
    let fixture = fixture
    let span = fixture.tracer.startSpan("handed on")
    await Task.detached {
      fixture.advance(7)
      span.end()
    }.value
    #expect(
      fixture.lines == ["<awaiting> 1 7 7", "handed on 1 0 7", "handed on > <awaiting> 1 7 7"]
    )
  }

  @Test func `only the first end counts, and a span without one is not counted`() {
    let span = fixture.tracer.startSpan("ended twice")
    let open = fixture.tracer.startSpan("never ended")
    fixture.advance(1)
    span.end()
    fixture.advance(1)
    span.end()
    withExtendedLifetime(open) {}
    #expect(
      fixture.lines == ["<awaiting> 1 1 1", "ended twice 1 0 1", "ended twice > <awaiting> 1 1 1"]
    )
  }

  @Test func `instants are not the profiler's`() {
    let early = DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 1)
    let span = fixture.tracer.startSpan("span", at: early)
    fixture.advance(9)
    span.end(at: early)
    #expect(fixture.profiler.statsProfile().statistics("span")?.cumulativeTime == Double(9) * 1e-9)
  }

  @Test func `children that overlap in one task never leave less than nothing`() {
    fixture.tracer.withSpan("parent") { _ in
      let children = ["a", "b"].map { fixture.tracer.startSpan($0) }
      fixture.advance(8)
      for child in children { child.end() }
    }
    #expect(fixture.lines.contains("parent 1 0 8"))
    #expect(!fixture.lines.contains { $0.hasPrefix("parent > <awaiting>") })
  }

  @Test func `recursive spans count their time once`() {
    func descend(_ depth: Int) {
      fixture.tracer.withSpan("descend", function: "", file: "M/F.swift", line: 1) { _ in
        fixture.advance(1)
        if depth > 1 { descend(depth - 1) }
      }
    }
    descend(3)
    #expect(
      fixture.lines == [
        "<awaiting> 3 3 3", "descend 3/1 0 3", "descend > <awaiting> 3 3 3",
        "descend > descend 2/1 0 2",
      ]
    )
  }

  @Test func `further functions than the limit are counted together`() {
    let fixture = Fixture(functionLimit: 2)
    for number in 0..<5 {
      fixture.tracer.withSpan("/users/\(number)") { _ in fixture.advance(1) }
    }
    let names = fixture.profiler.statsProfile().functions.map(\.function)
    #expect(names.filter { $0.name.description.hasPrefix("/users") }.count == 2)
    #expect(names.contains(ProfilingTracer.otherSpans))
    #expect(fixture.lines.contains("<other spans> 3 0 3"))
  }

  @Test func `nothing is recorded while the profiler is off, nor of spans that were open then`() {
    let fixture = Fixture(isOn: false)
    let before = fixture.tracer.startSpan("before")
    fixture.profiler.enable()
    before.end()
    let across = fixture.tracer.startSpan("across")
    fixture.profiler.disable()
    across.end()
    fixture.tracer.withSpan("after") { _ in }
    #expect(fixture.lines.isEmpty)
  }

  @Test func `two tracers with profilers of their own know their own spans`() {
    let outer = Fixture()
    let inner = Fixture(beside: outer.tracer)
    inner.tracer.withSpan("a") { _ in
      inner.tracer.withSpan("b") { _ in
        outer.profiler.measure("m") {}
        inner.profiler.measure("n") {}
      }
    }
    #expect(outer.lines == ["a 1 0 0", "a > b 1 0 0", "b 1 0 0", "b > m 1 0 0", "m 1 0 0"])
    #expect(inner.lines == ["a 1 0 0", "a > b 1 0 0", "b 1 0 0", "b > n 1 0 0", "n 1 0 0"])
  }

  @Test func `a span is found by its context`() {
    let span = fixture.tracer.startSpan("request")
    #expect(fixture.tracer.activeSpan(identifiedBy: .topLevel) == nil)
    fixture.tracer.activeSpan(identifiedBy: span.context)?.end()
    #expect(fixture.lines == ["request 1 0 0"])
    #expect(!span.isRecording)
  }
}
#endif
