// SPDX-License-Identifier: Apache-2.0

#if Tracing
import StrataCore
import StrataProfiler
import StrataTracing
import Testing
import Tracing

struct ConcurrencyTests {
  @Test func `spans of many tasks are all counted while others read`() async {
    let profiler = Profiler()
    let tracer = ProfilingTracer(profiler: profiler, labels: ["task"], beside: NoOpTracer())
    profiler.enable()
    let (tasks, rounds) = (8, 50)
    await withTaskGroup { group in
      for task in 0..<tasks {
        group.addTask { await Self.serve(tracer, profiler, rounds, "\(task % 3)") }
      }
      group.addTask {
        for _ in 0..<20 {
          _ = profiler.snapshot()
          await Task.yield()
        }
      }
    }
    let profile = profiler.statsProfile()
    let count = CallCount(tasks * rounds)
    for name in ["/route", "query", "rows", "parse", "nested", "loop"] {
      #expect(profile.statistics(name)?.callCount == count, "\(name)")
    }
    #expect(profile.statistics("unnamed") == nil)
    #expect(callers(of: "rows", in: profile) == ["/route"])
    #expect(callers(of: "query", in: profile) == ["/route"])
    #expect(callers(of: "parse", in: profile) == ["query"])
    #expect(callers(of: "nested", in: profile) == ["parse"])
    #expect(callers(of: "loop", in: profile) == ["nested"])
  }

  private static func serve(
    _ tracer: ProfilingTracer,
    _ profiler: Profiler,
    _ rounds: Int,
    _ label: String
  ) async {
    for _ in 0..<rounds {
      await tracer.withSpan("unnamed") { span in
        span.attributes["task"] = label
        async let rows: Void = profiler.measure("rows") { await Task.yield() }
        await tracer.withSpan("query") { _ in
          await Task.yield()
          profiler.measure("parse") {
            tracer.withSpan("nested") { _ in profiler.measure("loop") {} }
          }
        }
        await rows
        span.operationName = "/route"
      }
    }
  }

  private func callers(of name: String, in profile: StatsProfile) -> [String] {
    profile.functions.first { $0.function.name.description == name }?
      .callers.map { $0.caller.name.description } ?? []
  }
}
#endif
