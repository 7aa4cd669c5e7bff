// SPDX-License-Identifier: Apache-2.0

#if Tracing
public import Tracing

/// A span of ``ProfilingTracer``, which is a span of the other tracer as well.
public final class ProfilingSpan: Tracing.Span {
  /// The context for what happens within the span.
  public let context: ServiceContext
  private let other: (any Tracing.Span)?
  private let recording: SpanRecording?
  private let name: String

  /// A span that was started.
  init(
    _ name: String,
    _ context: ServiceContext,
    beside other: (any Tracing.Span)?,
    _ recording: SpanRecording
  ) {
    var inner = context
    inner[SpanCalls.self] = SpanCalls(recording, in: context)
    (self.name, self.context, self.other, self.recording) = (name, inner, other, recording)
  }

  /// A span that is not counted, or another reference to one that is.
  init(
    _ name: String,
    _ context: ServiceContext,
    beside other: (any Tracing.Span)? = nil,
    active recording: SpanRecording? = nil
  ) {
    (self.name, self.context, self.other, self.recording) = (name, context, other, recording)
  }

  /// The name of the span, and of the function for which it is counted when it ends.
  ///
  /// Once it ends, calls that were made within it become calls from that function, whatever the span was
  /// called when they were made.
  public var operationName: String {
    get { other?.operationName ?? recording?.operationName ?? name }
    set {
      other?.operationName = newValue
      recording?.operationName = newValue
    }
  }

  /// The attributes of the span; some are labels.
  ///
  /// The span is counted with the labels that it has when it ends; calls within it, with those that it had
  /// when they were made.
  public var attributes: SpanAttributes {
    get {
      // A tracer that does not record a span forgets its attributes, which may be labels.
      if let recording, other?.isRecording != true { return recording.attributes }
      return other?.attributes ?? [:]
    }
    set {
      other?.attributes = newValue
      recording?.attributes = newValue
    }
  }

  /// Whether anybody is interested in attributes: the profiler or the other tracer.
  public var isRecording: Bool {
    other?.isRecording == true || recording?.isRecording == true
  }

  /// Passes a status on; the profiler takes no note of it.
  public func setStatus(_ status: SpanStatus) {
    other?.setStatus(status)
  }

  /// Passes an event on; the profiler takes no note of it.
  public func addEvent(_ event: SpanEvent) {
    other?.addEvent(event)
  }

  /// Passes a link on; the profiler takes no note of it.
  public func addLink(_ link: SpanLink) {
    other?.addLink(link)
  }

  /// Passes an error on; the profiler takes no note of it.
  public func recordError<Instant: TracerInstant>(
    _ error: any Error,
    attributes: SpanAttributes,
    at instant: @autoclosure () -> Instant
  ) {
    other?.recordError(error, attributes: attributes, at: instant())
  }

  /// Ends the span; only the first end counts.
  ///
  /// The profiler ends it now, by its own clock, despite the instant; the other tracer gets the
  /// instant.
  public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
    recording?.end()
    other?.end(at: instant())
  }
}
#endif
