// SPDX-License-Identifier: Apache-2.0

#if Tracing
import StrataCore
import StrataProfiler
import StrataTracing
import Testing
import Tracing

struct ForwardingTests {
  @Test(arguments: [true, false])
  func `the other tracer is called exactly as without the profiler`(isOn: Bool) async {
    let (alone, beside) = (RecordingTracer(), RecordingTracer())
    let fixture = Fixture(isOn: isOn, labels: ["a"], beside: beside)
    await Self.program(with: alone)
    await Self.program(with: fixture.tracer)
    #expect(alone.calls == beside.calls)
    #expect(alone.calls.count > 20)
    #expect(fixture.lines.isEmpty == !isOn)
  }

  /// What a program does with a tracer; each operation that there is.
  private static func program(with tracer: some Tracer) async {
    let time = DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: 1_000)
    var context = ServiceContext.topLevel
    tracer.extract(["trace": "remote"], into: &context, using: Headers())
    let span = tracer.startSpan("request", context: context, ofKind: .server, at: time)
    span.attributes["a"] = 1
    span.updateAttributes { $0["b"] = $0["a"] }
    await ServiceContext.withValue(span.context) {
      await tracer.withSpan("query", at: time) { query in
        query.addEvent(SpanEvent(name: "event", at: time))
        query.addLink(span, attributes: [:])
        query.setStatus(SpanStatus(code: .ok))
        query.recordError(Failure(), attributes: ["x": 1], at: time)
        var carrier: [String: String] = [:]
        tracer.inject(query.context, into: &carrier, using: Headers())
        #expect(carrier == ["trace": "query"])
        query.end(at: time)
        // Once more is a mistake, but not ours to mend.
        query.end(at: time)
        await Task.yield()
        try? tracer.withSpan("fails", at: time) { fails in
          fails.end(at: time)
          throw Failure()
        }
      }
    }
    await withTracer(tracer) {
      let free = startSpan("free", at: time)
      free.attributes["a"] = 3
      free.end(at: time)
      await withSpan("free") { span in
        await Task.yield()
        span.end(at: time)
      }
    }
    span.operationName = span.operationName + "!"
    #expect(span.isRecording)
    tracer.activeSpan(identifiedBy: .topLevel)?.end(at: time)
    tracer.activeSpan(identifiedBy: span.context)?.setStatus(SpanStatus(code: .error))
    span.end(at: time)
    (Flush() as any Flushing).flush(tracer)
  }

  @Test func `contexts hold the values of the other tracer`() {
    let fixture = Fixture(beside: RecordingTracer())
    fixture.tracer.withSpan("span") { span in
      #expect(span.context[TraceKey.self] == "span")
      #expect(ServiceContext.current?[TraceKey.self] == "span")
    }
  }

  @Test func `what instruments find is this tracer`() {
    let fixture = Fixture(beside: RecordingTracer())
    withTracer(fixture.tracer) {
      #expect(InstrumentationSystem.tracer as? ProfilingTracer === fixture.tracer)
    }
  }

  @Test func `without another tracer and off, spans are harmless`() {
    let fixture = Fixture(isOn: false)
    var carrier: [String: String] = [:]
    fixture.tracer.withSpan("span") { span in
      span.attributes["a"] = 1
      #expect(span.operationName == "span")
      #expect(!span.isRecording)
      fixture.tracer.inject(span.context, into: &carrier, using: Headers())
    }
    #expect(carrier.isEmpty)
    #expect(fixture.lines.isEmpty)
  }
}

/// A way to call what is deprecated, and yet part of the protocol.
private protocol Flushing {
  func flush(_ tracer: some Tracer)
}

private struct Flush: Flushing {
  @available(*, deprecated)
  func flush(_ tracer: some Tracer) { tracer.forceFlush() }
}

private struct Headers: Extractor, Injector {
  func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }

  func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
    carrier[key] = value
  }
}
#endif
