// SPDX-License-Identifier: Apache-2.0

#if Tracing
public import StrataCore
public import StrataProfiler
public import Tracing

/// Counts and times the spans of a program, in addition to any other tracer it has.
///
/// Each span becomes a call of a function, with the span's operation name and the place where it was
/// started; the span around it, or the measured call, is its caller. Everything that a program does with
/// its spans is passed on to the other tracer, too.
///
/// ```swift
/// let tracer = ProfilingTracer(profiler: .shared, labels: ["http.route"], beside: otherTracer)
/// InstrumentationSystem.bootstrap(tracer)
/// Profiler.shared.enable()
/// ```
///
/// Of several instruments that are bootstrapped, swift-distributed-tracing asks the first tracer alone for
/// spans; that is why the other one is given to this one, rather than beside it to a `MultiplexInstrument`.
///
/// A span follows the rules of asynchronous measured calls: its cumulative time is that from its start to
/// its end; what of it passed outside of measured calls and spans is no self time, but counted apart, as
/// ``ProfilerSnapshot/awaiting``. A span that is not ended is not counted.
public final class ProfilingTracer: Tracer {
  /// Where the spans are counted; nothing is, while it is off.
  public let profiler: Profiler
  let other: (any Tracer)?
  let functions: SpanFunctions
  let labels: SpanLabels

  /// The function for spans that are not told apart, since there were too many: see `functionLimit`.
  public static let otherSpans = Function(file: "~", line: 0, name: "<other spans>")

  /// Creates a tracer, and takes some attributes of spans for labels.
  ///
  /// Labels are texts: numbers are written in decimal, arrays are left out.
  ///
  /// - Parameters:
  ///   - profiler: Where spans are counted.
  ///   - keys: The attributes that become labels, such as `http.route`. Take none that has another value
  ///     each time.
  ///   - other: The tracer that the spans are passed on to.
  ///   - functionLimit: How many functions are told apart. Spans of further ones, as when operation names
  ///     have identifiers in them, are counted together as ``otherSpans``.
  public convenience init(
    profiler: Profiler,
    labels keys: [String] = [],
    beside other: (any Tracer)? = nil,
    functionLimit: Int = 1_000
  ) {
    self.init(
      profiler,
      keys.isEmpty ? .none : SpanLabels(of: { Labels(attributes: $0, keys) }),
      other,
      functionLimit
    )
  }

  /// Creates a tracer, and makes the labels of spans of their attributes.
  ///
  /// - Parameters:
  ///   - profiler: Where spans are counted.
  ///   - other: The tracer that the spans are passed on to.
  ///   - functionLimit: How many functions are told apart. Spans of further ones, as when operation names
  ///     have identifiers in them, are counted together as ``otherSpans``.
  ///   - labels: Makes labels of attributes; called whenever attributes are set, on any thread.
  public convenience init(
    profiler: Profiler,
    beside other: (any Tracer)? = nil,
    functionLimit: Int = 1_000,
    labels: @escaping @Sendable (SpanAttributes) -> Labels
  ) {
    self.init(profiler, SpanLabels(of: labels), other, functionLimit)
  }

  private init(
    _ profiler: Profiler,
    _ labels: SpanLabels,
    _ other: (any Tracer)?,
    _ functionLimit: Int
  ) {
    self.profiler = profiler
    self.labels = labels
    self.other = other
    functions = SpanFunctions(of: profiler, limit: functionLimit)
    profiler.findSpans { ServiceContext.current?[SpanCalls.self]?.recording(for: $0)?.call }
  }

  /// Starts a span here, and in the other tracer.
  ///
  /// Here it starts now, by the clock of the profiler, whatever the instant says.
  public func startSpan<Instant: TracerInstant>(
    _ operationName: String,
    context: @autoclosure () -> ServiceContext,
    ofKind kind: SpanKind,
    at instant: @autoclosure () -> Instant,
    function: String,
    file fileID: String,
    line: UInt
  ) -> ProfilingSpan {
    let parent = context()
    let site = SpanSite(name: operationName, file: fileID, line: line)
    let span = otherSpan(site, parent, kind, instant(), function)
    return recordedSpan(site, within: parent, beside: span)
      ?? ProfilingSpan(operationName, span?.context ?? parent, beside: span)
  }

  /// Starts a span here, and in the other tracer; with the profiler off, in the other one alone.
  ///
  /// This is what the free functions of swift-distributed-tracing ask for.
  public func startAnySpan<Instant: TracerInstant>(
    _ operationName: String,
    context: @autoclosure () -> ServiceContext,
    ofKind kind: SpanKind,
    at instant: @autoclosure () -> Instant,
    function: String,
    file fileID: String,
    line: UInt
  ) -> any Tracing.Span {
    let parent = context()
    let site = SpanSite(name: operationName, file: fileID, line: line)
    let span = otherSpan(site, parent, kind, instant(), function)
    return recordedSpan(site, within: parent, beside: span)
      ?? span ?? NoOpTracer.NoOpSpan(context: parent)
  }

  /// The span of the other tracer, if there is one.
  private func otherSpan<Instant: TracerInstant>(
    _ site: SpanSite,
    _ parent: ServiceContext,
    _ kind: SpanKind,
    _ instant: @autoclosure () -> Instant,
    _ function: String
  ) -> (any Tracing.Span)? {
    other?.startSpan(
      site.name,
      context: parent,
      ofKind: kind,
      at: instant(),
      function: function,
      file: site.file,
      line: site.line
    )
  }

  /// A span that is recorded; nil if the profiler is off.
  private func recordedSpan(
    _ site: SpanSite,
    within parent: ServiceContext,
    beside span: (any Tracing.Span)?
  ) -> ProfilingSpan? {
    guard profiler.isEnabled,
      let recording = SpanRecording(site, within: parent, of: self)
    else { return nil }
    return ProfilingSpan(site.name, span?.context ?? parent, beside: span, recording)
  }

  /// The other tracer's active span of a context; without another tracer, the span that it was made for.
  public func activeSpan(identifiedBy context: ServiceContext) -> ProfilingSpan? {
    let recording = context[SpanCalls.self]?.recording(for: profiler.identity)
    guard let other else {
      return recording.map { ProfilingSpan($0.operationName, context, active: $0) }
    }
    return Self.activeSpan(of: other, context).map {
      ProfilingSpan($0.operationName, context, beside: $0, active: recording)
    }
  }

  private static func activeSpan(
    of tracer: some Tracer,
    _ context: ServiceContext
  ) -> (any Tracing.Span)? {
    tracer.activeSpan(identifiedBy: context)
  }
}

extension ProfilingTracer: Instrument {
  /// Makes the other tracer extract its values.
  public func extract<Carrier, Extract: Extractor>(
    _ carrier: Carrier,
    into context: inout ServiceContext,
    using extractor: Extract
  ) where Extract.Carrier == Carrier {
    other?.extract(carrier, into: &context, using: extractor)
  }

  /// Makes the other tracer inject its values; the profiler has none that leave the process.
  public func inject<Carrier, Inject: Injector>(
    _ context: ServiceContext,
    into carrier: inout Carrier,
    using injector: Inject
  ) where Inject.Carrier == Carrier {
    other?.inject(context, into: &carrier, using: injector)
  }

  /// Makes the other tracer export what it has.
  @available(*, deprecated)
  public func forceFlush() {
    other?.forceFlush()
  }
}
#endif
