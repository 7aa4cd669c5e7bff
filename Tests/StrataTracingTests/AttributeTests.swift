// SPDX-License-Identifier: Apache-2.0

#if Tracing
import StrataCore
import StrataProfiler
import StrataTracing
import Testing
import Tracing

struct AttributeTests {
  let fixture = Fixture(labels: ["endpoint", "status"])

  @Test func `a span has the labels of its end, calls within it those of their time`() {
    fixture.tracer.withSpan("request") { span in
      fixture.profiler.measure("before") {}
      span.attributes["endpoint"] = "/users"
      span.attributes["user.id"] = 4711
      fixture.tracer.withSpan("query") { query in
        query.attributes["status"] = "ok"
        fixture.profiler.measure("within") {}
      }
      span.updateAttributes { $0["status"] = 200 }
    }
    #expect(
      fixture.parts == [
        "": ["before 1 0 0", "request > before 1 0 0"],
        "endpoint=/users status=ok": [
          "query 1 0 0", "query > within 1 0 0", "request > query 1 0 0", "within 1 0 0",
        ],
        "endpoint=/users status=200": ["request 1 0 0"],
      ]
    )
  }

  @Test func `labels that were in between only make no set`() {
    let profiler = Profiler(labelSetLimit: 3)
    let tracer = ProfilingTracer(profiler: profiler, labels: ["a", "b"])
    profiler.enable()
    for _ in 0..<5 {
      tracer.withSpan("span") { span in
        span.attributes["a"] = 1
        span.attributes["b"] = true
        span.attributes["a"] = 2.5
      }
    }
    #expect(profiler.snapshot().parts.map(\.labels) == [["a": "2.5", "b": "true"]])
  }

  @Test func `a closure makes labels of attributes`() {
    let profiler = Profiler()
    let tracer = ProfilingTracer(profiler: profiler) { attributes in
      guard case .int64(let status) = attributes.get("status") else { return [:] }
      return ["class": "\(status / 100)xx"]
    }
    profiler.enable()
    tracer.withSpan("span") { $0.attributes["status"] = 404 }
    #expect(profiler.snapshot().parts.map(\.labels) == [["class": "4xx"]])
  }

  @Test func `values of every kind but arrays become labels`() {
    fixture.tracer.withSpan("span") { span in
      span.attributes["endpoint"] = ["a", "b"]
      span.attributes["status"] = SpanAttribute.stringConvertible(7)
    }
    #expect(fixture.parts.keys.sorted() == ["status=7"])
  }

  @Test func `attributes are kept where the other tracer forgets them`() {
    let fixture = Fixture(labels: ["a", "b"], beside: NoOpTracer())
    fixture.tracer.withSpan("span") { span in
      #expect(span.isRecording)
      span.attributes["a"] = 1
      span.attributes["b"] = 2
    }
    #expect(fixture.parts.keys.sorted() == ["a=1 b=2"])
  }

  @Test func `a span that is renamed late takes the calls within it along`() async {
    let fixture = fixture
    let late = await fixture.tracer.withSpan("HTTP GET route not found") { span in
      fixture.profiler.measure("parse", line: 1) { fixture.advance(1) }
      let other = await Task.detached {
        ServiceContext.withValue(span.context) {
          fixture.profiler.measure("parse", line: 1) { fixture.advance(2) }
          return fixture.tracer.startSpan("stream")
        }
      }.value
      fixture.tracer.withSpan("query") { _ in fixture.advance(4) }
      await fixture.profiler.measure("render") {
        await Task.yield()
        fixture.advance(8)
      }
      span.operationName = "/users/{id}"
      #expect(span.operationName == "/users/{id}")
      return other
    }
    late.end()
    #expect(
      fixture.lines == [
        "/users/{id} 1 0 15",
        "/users/{id} > <awaiting> 1 2 2",
        "/users/{id} > parse 2 3 3",
        "/users/{id} > query 1 0 4",
        "/users/{id} > render 1 0 8",
        "/users/{id} > stream 1 0 12",
        "<awaiting> 4 26 26",
        "parse 2 3 3",
        "query 1 0 4",
        "query > <awaiting> 1 4 4",
        "render 1 0 8",
        "render > <awaiting> 1 8 8",
        "stream 1 0 12",
        "stream > <awaiting> 1 12 12",
      ]
    )
  }

  @Test func `calls of a slice that are renamed after it are not counted again`() {
    let fixture = fixture
    func run(_ name: String, takingSlice: Bool) -> [String] {
      var slice: [String] = []
      fixture.tracer.withSpan("unnamed") { span in
        fixture.profiler.measure("parse", line: 1) { fixture.advance(3) }
        if takingSlice {
          slice = fixture.lines
          fixture.profiler.clear()
        }
        fixture.profiler.measure("parse", line: 1) { fixture.advance(4) }
        span.operationName = name
      }
      return slice
    }
    #expect(run("/a", takingSlice: true) == ["parse 1 3 3", "unnamed > parse 1 3 3"])
    #expect(fixture.lines == ["/a 1 0 7", "/a > parse 1 4 4", "parse 1 4 4"])
    #expect(run("/b", takingSlice: true).contains("parse 2 7 7"))
    fixture.profiler.clear()
    #expect(run("/a", takingSlice: false).isEmpty)
    #expect(fixture.lines == ["/a 1 0 7", "/a > parse 2 7 7", "parse 2 7 7"])
  }
}
#endif
