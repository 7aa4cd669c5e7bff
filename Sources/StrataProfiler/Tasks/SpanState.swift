// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Synchronization

/// What a span has in addition to its call: a name and labels that come late.
final class SpanState: Sendable {
  private struct Values {
    /// The function for which the span is counted when it ends.
    var function: Int32
    /// The labels of its own.
    var labels: Labels = [:]
    /// The number of the labels with those that it inherits; nil until they are needed.
    var labelNumber: Int32?
    /// What calls within it have recorded so far, as calls from the function that it started as; those
    /// along the last edge apart, since most calls follow one like them.
    var callees: [EdgeKey: EdgeFigures] = [:]
    var last: (key: EdgeKey, figures: EdgeFigures)?
    var hasEnded = false

    mutating func add(_ figures: EdgeFigures, along key: EdgeKey) {
      if last?.key == key {
        last?.figures += figures
      } else {
        addLast()
        last = (key, figures)
      }
    }

    mutating func addLast() {
      if let last { callees[last.key, default: .zero] += last.figures }
      last = nil
    }
  }

  /// Where on the stack of its thread it was started; nil outside of any synchronous call.
  let place: FramePlace?
  /// Whether a synchronous call made it, rather than another span or an asynchronous call.
  let isMadeByFrame: Bool
  /// What calls within it, on the stack where it started, have already taken off the call that made it.
  let timeInFrame = Atomic<Nanoseconds>(.zero)
  private let values: Mutex<Values>

  init(_ function: Int32, at place: FramePlace?, isMadeByFrame: Bool) {
    self.place = place
    self.isMadeByFrame = isMadeByFrame
    values = Mutex(Values(function: function))
  }

  /// Names the function for which the span is counted when it ends.
  func rename(_ function: Int32) {
    values.withLock { values in
      if !values.hasEnded { values.function = function }
    }
  }

  /// Sets the labels of the span, and of calls that are made within it from now on.
  func setLabels(_ labels: Labels) {
    values.withLock { values in
      if !values.hasEnded { (values.labels, values.labelNumber) = (labels, nil) }
    }
  }

  /// The function that calls within the span come from, and the labels that they inherit.
  func origin(
    startedAs function: Int32,
    within labels: Int32,
    on lane: Lane
  ) -> (function: Int32, labels: Int32) {
    values.withLock { values in
      let labels = values.labelNumber ?? lane.number(of: values.labels, within: labels)
      values.labelNumber = labels
      return (values.hasEnded ? values.function : function, labels)
    }
  }

  /// Keeps what a call within the span recorded, until it is certain what the span is called; once it has
  /// ended, returns its function instead.
  func note(_ figures: EdgeFigures, along key: EdgeKey) -> Int32? {
    values.withLock { values in
      guard !values.hasEnded else { return values.function }
      values.add(figures, along: key)
      return nil
    }
  }

  /// Ends the span: returns its function, and what calls within it have recorded.
  func end() -> (function: Int32, callees: [EdgeKey: EdgeFigures]) {
    values.withLock { values in
      values.hasEnded = true
      values.addLast()
      defer { values.callees = [:] }
      return (values.function, values.callees)
    }
  }
}

/// A place on the stack of a thread's open calls.
struct FramePlace: Equatable {
  private let lane: UInt
  /// How many calls were open.
  private let depth: Int
  /// When the innermost of them started.
  private let frameStart: Nanoseconds
  private let start: Nanoseconds

  /// The current place on a lane; nil where no call is open.
  init?(on lane: Lane) {
    let depth = unsafe lane.storage.pointee.depth.load(ordering: .relaxed)
    guard depth > 0 else { return nil }
    (self.lane, self.depth) = (lane.address, depth)
    frameStart = lane.frameStart(depth - 1)
    start = unsafe lane.profiler.clock.now()
  }

  /// Whether the place is further inside than an open call: it was there later.
  func isWithin(frameAtDepth depth: Int, of lane: Lane) -> Bool {
    guard self.lane == lane.address else { return false }
    let frameStart = lane.frameStart(depth)
    return start > frameStart || start == frameStart && self.depth > depth
  }

  /// Whether the innermost open call of a lane is the one that it was at this place.
  func isInnermost(on lane: Lane) -> Bool {
    unsafe self.lane == lane.address
      && depth == lane.storage.pointee.depth.load(ordering: .relaxed)
      && frameStart == lane.frameStart(depth - 1)
  }

  static func == (left: FramePlace, right: FramePlace) -> Bool {
    left.lane == right.lane && left.depth == right.depth && left.frameStart == right.frameStart
  }
}

extension Lane {
  fileprivate func frameStart(_ depth: Int) -> Nanoseconds {
    unsafe storage.pointee.frames[depth].pointee.start.load(ordering: .relaxed)
  }

  /// Notes what a call recorded that was made within a span.
  ///
  /// Within a change.
  func note(_ figures: EdgeFigures, along key: EdgeKey, in call: TaskCall?) {
    guard let call, let span = call.span, key.caller == call.function,
      let function = span.note(figures, along: key)
    else { return }
    move(figures, along: key, to: function)
  }

  /// Takes figures off an edge and adds them to the one from another caller.
  ///
  /// Within a change.
  func move(_ figures: EdgeFigures, along key: EdgeKey, to caller: Int32) {
    guard caller != key.caller else { return }
    let callee = SiteKey(function: key.callee)
    let old = unsafe edge(from: entry(of: key.caller), .none, callee, key.labels)
    unsafe old.pointee.add(-figures)
    let new = unsafe edge(from: entry(of: caller), .none, callee, key.labels)
    unsafe new.pointee.add(figures)
  }
}
