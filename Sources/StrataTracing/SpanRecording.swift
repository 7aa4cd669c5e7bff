// SPDX-License-Identifier: Apache-2.0

#if Tracing
import StrataCore
import StrataProfiler
import Synchronization
import Tracing

/// The side of a span that is the profiler's.
final class SpanRecording: Sendable {
  private struct Values {
    var operationName: String
    var attributes: SpanAttributes = [:]
    var labels: Labels = [:]
    var hasEnded = false
  }

  let call: SpanCall
  private let tracer: ProfilingTracer
  private let site: SpanSite
  private let values: Mutex<Values>

  /// Starts a span; nil if the profiler is off.
  init?(_ site: SpanSite, within context: ServiceContext, of tracer: ProfilingTracer) {
    let parent = context[SpanCalls.self]?.recording(for: tracer.profiler.identity)
    guard let call = tracer.profiler.startSpan(tracer.functions[site], within: parent?.call) else {
      return nil
    }
    self.call = call
    self.tracer = tracer
    self.site = site
    values = Mutex(Values(operationName: site.name))
  }

  /// What the span is called now.
  var operationName: String {
    get { values.withLock { $0.operationName } }
    set {
      let isNews = values.withLock { values in
        defer { values.operationName = newValue }
        return !values.hasEnded && values.operationName != newValue
      }
      if isNews { call.rename(tracer.functions[site.renamed(newValue)]) }
    }
  }

  /// The attributes as they were set last.
  var attributes: SpanAttributes {
    get { values.withLock { $0.attributes } }
    set {
      let labels = tracer.labels.of?(newValue)
      values.withLock { values in
        values.attributes = newValue
        guard let labels, !values.hasEnded, labels != values.labels else { return }
        values.labels = labels
        call.setLabels(labels)
      }
    }
  }

  /// Whether the span has not ended.
  var isRecording: Bool { values.withLock { !$0.hasEnded } }

  /// Ends the span; does nothing if it has ended.
  func end() {
    let isNews = values.withLock { values in
      defer { values.hasEnded = true }
      return !values.hasEnded
    }
    if isNews { tracer.profiler.end(call) }
  }
}

/// The spans around a point, one for each profiler, as a context keeps them.
struct SpanCalls: Sendable, ServiceContextKey {
  typealias Value = SpanCalls

  static var nameOverride: String? { "strata-spans" }

  private var innermost: SpanRecording
  /// Those of further profilers.
  private var others: [SpanRecording] = []

  /// A span, and those of a context that are of other profilers.
  init(_ recording: SpanRecording, in context: ServiceContext) {
    innermost = recording
    guard let around = context[SpanCalls.self] else { return }
    let profiler = recording.call.profiler
    if around.innermost.call.profiler != profiler { others.append(around.innermost) }
    others += around.others.filter { $0.call.profiler != profiler }
  }

  /// The innermost span of a profiler, given its number.
  func recording(for profiler: UInt) -> SpanRecording? {
    if innermost.call.profiler == profiler { return innermost }
    return others.first { $0.call.profiler == profiler }
  }
}
#endif
