// SPDX-License-Identifier: Apache-2.0

#if Tracing
import Synchronization
import Tracing

/// A tracer that writes down how it is called.
final class RecordingTracer: Tracer {
  private let lines = Mutex<[String]>([])

  var calls: [String] { lines.withLock { $0 } }

  func note(_ call: String) {
    lines.withLock { $0.append(call) }
  }

  func startSpan<Instant: TracerInstant>(
    _ operationName: String,
    context: @autoclosure () -> ServiceContext,
    ofKind kind: SpanKind,
    at instant: @autoclosure () -> Instant,
    function: String,
    file fileID: String,
    line: UInt
  ) -> RecordingSpan {
    let parent = context()
    let time = text(of: instant())
    note(
      "start \(operationName) in \(parent[TraceKey.self] ?? "-") \(kind) at \(time) "
        + "\(function) \(fileID):\(line)"
    )
    return RecordingSpan(operationName, parent, self)
  }

  func activeSpan(identifiedBy context: ServiceContext) -> RecordingSpan? {
    note("active \(context[TraceKey.self] ?? "-")")
    return context[TraceKey.self].map { RecordingSpan($0, context, self) }
  }

  func forceFlush() { note("flush") }

  func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier,
    into context: inout ServiceContext,
    using extractor: Extract
  ) where Extract.Carrier == Carrier {
    note("extract")
    context[TraceKey.self] = extractor.extract(key: "trace", from: carrier)
  }

  func inject<Carrier, Inject: Injector>(
    _ context: ServiceContext,
    into carrier: inout Carrier,
    using injector: Inject
  ) where Inject.Carrier == Carrier {
    note("inject \(context[TraceKey.self] ?? "-")")
    injector.inject(context[TraceKey.self] ?? "-", forKey: "trace", into: &carrier)
  }
}

/// An instant as a text that is the same each time.
private func text(of instant: some TracerInstant) -> String {
  instant.nanosecondsSinceEpoch > 1_000_000 ? "now" : "\(instant.nanosecondsSinceEpoch)"
}

enum TraceKey: ServiceContextKey {
  typealias Value = String
}

/// A span of a tracer that writes down how it is called.
final class RecordingSpan: Tracing.Span {
  let context: ServiceContext
  private let tracer: RecordingTracer
  private let values: Mutex<(name: String, attributes: SpanAttributes)>

  init(_ name: String, _ parent: ServiceContext, _ tracer: RecordingTracer) {
    var context = parent
    context[TraceKey.self] = name
    self.context = context
    self.tracer = tracer
    values = Mutex((name, [:]))
  }

  var operationName: String {
    get { values.withLock { $0.name } }
    set {
      tracer.note("rename \(newValue)")
      values.withLock { $0.name = newValue }
    }
  }

  var attributes: SpanAttributes {
    get { values.withLock { $0.attributes } }
    set {
      var texts: [String] = []
      newValue.forEach { texts.append("\($0)=\($1)") }
      tracer.note("attributes \(texts.sorted())")
      values.withLock { $0.attributes = newValue }
    }
  }

  var isRecording: Bool { true }

  func setStatus(_ status: SpanStatus) { tracer.note("status \(status.code)") }

  func addEvent(_ event: SpanEvent) {
    tracer.note("event \(event.name) at \(event.nanosecondsSinceEpoch)")
  }

  func addLink(_ link: SpanLink) { tracer.note("link \(link.context[TraceKey.self] ?? "-")") }

  func recordError<Instant: TracerInstant>(
    _ error: any Error,
    attributes: SpanAttributes,
    at instant: @autoclosure () -> Instant
  ) {
    tracer.note("error \(error) \(attributes.count)")
  }

  func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
    tracer.note("end \(operationName) at \(text(of: instant()))")
  }
}
#endif
