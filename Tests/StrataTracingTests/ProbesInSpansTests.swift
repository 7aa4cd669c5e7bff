// SPDX-License-Identifier: Apache-2.0

#if Tracing
import StrataCore
import StrataProfiler
import StrataTracing
import Testing
import Tracing

struct ProbesInSpansTests {
  let fixture = Fixture()
  var profiler: Profiler { fixture.profiler }
  var tracer: ProfilingTracer { fixture.tracer }

  @Test func `a measured call within a span is a call from it, and takes its time off`() async {
    let (fixture, profiler) = (fixture, profiler)
    await tracer.withSpan("span") { _ in
      fixture.advance(1)
      profiler.measure("parse") {
        fixture.advance(10)
        profiler.measure("lex") { fixture.advance(100) }
      }
      await Task.yield()
      await profiler.measure("load") {
        await Task.yield()
        fixture.advance(1_000)
      }
    }
    #expect(
      fixture.lines == [
        "<awaiting> 2 1001 1001",
        "lex 1 100 100",
        "load 1 0 1000",
        "load > <awaiting> 1 1000 1000",
        "parse 1 10 110",
        "parse > lex 1 100 100",
        "span 1 0 1111",
        "span > <awaiting> 1 1 1",
        "span > load 1 0 1000",
        "span > parse 1 10 110",
      ]
    )
  }

  @Test func `a span within an asynchronous measured call is a call from it`() async {
    let (fixture, profiler, tracer) = (fixture, profiler, tracer)
    await profiler.measure("handle") {
      await Task.yield()
      await tracer.withSpan("span") { _ in
        await profiler.measure("inner") {
          await tracer.withSpan("innermost") { _ in
            await Task.yield()
            fixture.advance(5)
            profiler.measure("leaf") { fixture.advance(2) }
          }
        }
      }
      profiler.measure("after") { fixture.advance(1) }
    }
    #expect(
      fixture.lines == [
        "<awaiting> 1 5 5",
        "after 1 1 1",
        "handle 1 0 8",
        "handle > after 1 1 1",
        "handle > span 1 0 7",
        "inner 1 0 7",
        "inner > innermost 1 0 7",
        "innermost 1 0 7",
        "innermost > <awaiting> 1 5 5",
        "innermost > leaf 1 2 2",
        "leaf 1 2 2",
        "span 1 0 7",
        "span > inner 1 0 7",
      ]
    )
  }

  @Test func `spans and measured calls of one thread nest as they stand`() {
    profiler.measure("a") {
      fixture.advance(1)
      tracer.withSpan("b") { _ in
        fixture.advance(10)
        profiler.measure("c") {
          fixture.advance(100)
          tracer.withSpan("d") { _ in
            fixture.advance(1_000)
            profiler.measure("e") {
              fixture.advance(10_000)
              profiler.measure("f") { fixture.advance(100_000) }
            }
          }
        }
      }
      profiler.measure("g") { fixture.advance(2) }
    }
    #expect(
      fixture.lines == [
        "<awaiting> 2 1010 1010",
        "a 1 1 111113",
        "a > b 1 0 111110",
        "a > g 1 2 2",
        "b 1 0 111110",
        "b > <awaiting> 1 10 10",
        "b > c 1 100 111100",
        "c 1 100 111100",
        "c > d 1 0 111000",
        "d 1 0 111000",
        "d > <awaiting> 1 1000 1000",
        "d > e 1 10000 110000",
        "e 1 10000 110000",
        "e > f 1 100000 100000",
        "f 1 100000 100000",
        "g 1 2 2",
      ]
    )
  }

  @Test func `turning off within spans on a thread counts no time twice`() {
    profiler.measure("a") {
      tracer.withSpan("b") { _ in
        tracer.withSpan("c") { _ in
          profiler.measure("d") { fixture.advance(10) }
        }
        fixture.advance(1)
        profiler.disable()
      }
    }
    let times = profiler.statsProfile().functions.map { $0.statistics.selfTime }
    #expect(times.reduce(0, +) == Double(11) * 1e-9)
    #expect(fixture.lines.contains("a 1 1 11"))
  }

  @Test func `a span that was started outside of a measured call is not inside of it`() {
    let span = tracer.startSpan("span")
    fixture.advance(1)
    profiler.measure("a") {
      fixture.advance(1)
      ServiceContext.withValue(span.context) {
        profiler.measure("b") { fixture.advance(1) }
      }
    }
    span.end()
    #expect(fixture.lines.contains("a > b 1 1 1"))
    #expect(fixture.lines.contains("a 1 1 2"))
  }

  @Test func `calls in tasks that a span starts are calls from it`() async {
    let (fixture, profiler) = (fixture, profiler)
    let task = tracer.withSpan("span") { _ in
      Task {
        while fixture.lines.isEmpty { await Task.yield() }
        profiler.measure("later") { fixture.advance(3) }
      }
    }
    await task.value
    #expect(fixture.lines == ["later 1 3 3", "span 1 0 0", "span > later 1 3 3"])
  }
}
#endif
