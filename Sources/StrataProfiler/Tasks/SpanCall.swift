// SPDX-License-Identifier: Apache-2.0

package import StrataCore
import Synchronization

/// A function that spans are calls of, by its number in a profiler.
package struct SpanFunction: Hashable, Sendable {
  let number: Int32
}

/// A span that was started for a profiler: a call whose start and end, function and labels come one by
/// one, from any thread, and that is found through its context rather than through its task.
///
/// Its times follow the rules of asynchronous calls.
package struct SpanCall: Sendable {
  let call: TaskCall

  /// The number of the profiler, as given to the closure of ``Profiler/findSpans(with:)``.
  package var profiler: UInt { call.profiler }

  /// Names the function for which the span is counted when it ends, and with it the calls within it.
  package func rename(_ function: SpanFunction) {
    call.span?.rename(function.number)
  }

  /// Sets the labels of the span; calls that were made within it already keep what they have.
  package func setLabels(_ labels: Labels) {
    call.span?.setLabels(labels)
  }
}

extension Profiler {
  /// A number that no other profiler of the process has.
  package var identity: UInt { number }

  /// The number of a function, for spans.
  package func spanFunction(_ function: Function) -> SpanFunction {
    SpanFunction(number: functions.number(of: function))
  }

  /// Sets how the innermost span of a profiler is found, given its number.
  ///
  /// The first closure holds. It is called at the outermost calls of threads, and should capture nothing.
  package func findSpans(with find: @escaping @Sendable (_ profiler: UInt) -> SpanCall?) {
    spans.set(find)
  }

  /// Starts a span within another, or within the call of a probe that is further inside; nil while the
  /// profiler is off.
  package func startSpan(_ function: SpanFunction, within parent: SpanCall?) -> SpanCall? {
    let lane = lane
    guard lane.isRecording() else { return nil }
    if !hasTaskCalls.load(ordering: .relaxed) { hasTaskCalls.store(true, ordering: .relaxed) }
    return SpanCall(call: TaskCall(span: function.number, within: parent?.call, on: lane))
  }

  /// Ends a span, on whatever thread; does nothing if it has ended.
  package func end(_ span: SpanCall) {
    lane.record(span: span.call)
  }
}

extension TaskCall {
  /// Starts a span on the lane of the current thread.
  fileprivate convenience init(span function: Int32, within parent: TaskCall?, on lane: Lane) {
    let around = unsafe Self.current(of: lane.profiler, parent)
    let depth = unsafe lane.storage.pointee.depth.load(ordering: .relaxed)
    let call = lane.taskCall(aroundDepth: depth, around)
    let (caller, labels) = unsafe lane.origin(ofCallsAtDepth: depth, within: call)
    unsafe lane.owner.pointee.spanDepth = depth
    unsafe self.init(
      .none,
      SiteKey(function: function),
      EdgeKey(caller: caller.pointee.function, callee: function, labels: labels),
      SpanState(function, at: FramePlace(on: lane), isMadeByFrame: depth > 0 && call == nil),
      within: around,
      on: lane
    )
  }
}

extension Lane {
  /// Records a span that ends.
  fileprivate func record(span call: TaskCall) {
    guard let (around, time) = close(call), let span = call.span else { return }
    let (_, labels) = call.origin(on: self)
    let (function, callees) = span.end()
    let edge = unsafe edge(
      from: entry(of: call.caller),
      .none,
      SiteKey(function: function),
      labels
    )
    let figures = call.figures(time, call.recursion(of: function, within: around))
    beginChange()
    unsafe edge.pointee.add(figures)
    unsafe note(figures, along: edge.pointee.key, in: around)
    for (key, figures) in callees { move(figures, along: key, to: function) }
    addToFrame(call, span, around, time)
    endChange()
    if let around, !span.isMadeByFrame { call.addTime(time, to: around) }
  }

  /// Takes the time of a span that ends off the synchronous call that it was started in, if it ends there.
  ///
  /// Within a change.
  private func addToFrame(
    _ call: TaskCall,
    _ span: SpanState,
    _ around: TaskCall?,
    _ time: Nanoseconds
  ) {
    guard let place = span.place, place.isInnermost(on: self) else { return }
    let depth = unsafe storage.pointee.depth.load(ordering: .relaxed)
    let frame = unsafe storage.pointee.frames[depth - 1]
    unsafe frame.pointee.calleeTime.addAsOwner(
      time &- span.timeInFrame.load(ordering: .relaxed)
    )
    if let outer = around?.span, outer.place == place {
      outer.timeInFrame.add(time)
    }
  }
}
