// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What one thread had recorded at a moment, with the time of calls that were still open.
struct LaneImage {
  /// The edges; open calls add further entries for theirs.
  var edges: [(key: EdgeKey, figures: EdgeFigures)] = []
  var hasOpenCalls = false
  var unrecordedCalls: Int64 = 0
  /// A number that is another after each call.
  var sequence: UInt = 0

  var activity: RecordingImage.Activity {
    RecordingImage.Activity(sequence: sequence, hasOpenCalls: hasOpenCalls)
  }
}

extension Lane {
  /// What the lane had recorded at a moment after `state` was set; for any thread but its own, too.
  ///
  /// - Complexity: O(*n*) in its edges and open calls; waits for no more than one call of the owner.
  func image(for state: UInt) -> LaneImage {
    while true {
      // Looked for in each round: a thread that makes calls hands a copy over in its next one, so
      // that the loop ends however busy it is.
      if let image = handedOverImage(for: state) { return image }
      // Acquiring: what is copied below is at least as new as the change that this number ended.
      let sequence = unsafe storage.pointee.sequence.load(ordering: .acquiring)
      // Odd within a change, when a copy would show a part of it.
      if sequence.isMultiple(of: 2) {
        let time = readingTime(for: state)
        let image = image(at: time)
        // Keeps the loads above before the one below: a later change that the copy saw a part of
        // must show in the sequence.
        atomicMemoryFence(ordering: .acquiring)
        if unsafe storage.pointee.sequence.load(ordering: .relaxed) == sequence {
          // The owner need not make a copy for this state any more.
          unsafe storage.pointee.served.store(state, ordering: .releasing)
          return image
        }
      }
      // The owner may have lost its processor within a change, and needs one to end it.
      sched_yield()
    }
  }

  private func handedOverImage(for state: UInt) -> LaneImage? {
    unsafe storage.pointee.handedOver.withLock { handedOver in
      // An older copy was made for a snapshot that copied the lane itself in the end.
      guard handedOver?.state == state else { return nil }
      defer { handedOver = nil }
      return handedOver?.image
    }
  }

  /// Up to when open calls are counted: now, or when the profiler was turned off; nil if unknown.
  private func readingTime(for state: UInt) -> Nanoseconds? {
    let epoch = unsafe storage.pointee.epoch.load(ordering: .acquiring)
    if let time = noted(epoch) {
      unsafe storage.pointee.closing.withLock { $0 = (epoch, time) }
      return time
    }
    // Of an epoch whose end was not noted: opened while the profiler was being turned off.
    guard unsafe epoch == profiler.epoch.load(ordering: .relaxed),
      let time = unsafe profiler.clock.now(of: storage.pointee.thread)
    else { return nil }
    if !Profiler.isOn(state) { unsafe storage.pointee.closing.withLock { $0 = (epoch, time) } }
    return time
  }

  /// When the profiler was turned off at the end of an epoch, if that was noted.
  func noted(_ epoch: UInt) -> Nanoseconds? {
    if let closing = unsafe storage.pointee.closing.withLock({ $0 }), closing.epoch == epoch {
      return closing.time
    }
    let end = unsafe profiler.lastEnd.withLock { $0 }
    return end?.epoch == epoch ? end?.time : nil
  }

  /// The counters, and the time of open calls up to a moment if it is given.
  func image(at time: Nanoseconds?) -> LaneImage {
    var image = LaneImage()
    unsafe storage.pointee.blocks.forEach { edge in
      unsafe image.edges.append((edge.pointee.key, edge.pointee.figures))
    }
    image.sequence = unsafe storage.pointee.sequence.load(ordering: .relaxed)
    image.unrecordedCalls = unsafe storage.pointee.unrecordedCalls.load(ordering: .relaxed)
    if let time { addOpenCalls(at: time, to: &image) }
    return image
  }

  private func addOpenCalls(at time: Nanoseconds, to image: inout LaneImage) {
    var calls: [(key: EdgeKey, time: Nanoseconds, selfTime: Nanoseconds)] = []
    var (calleeTime, probeTime) = (Nanoseconds.zero, Nanoseconds.zero)
    var depth = unsafe storage.pointee.depth.load(ordering: .relaxed)
    image.hasOpenCalls = depth > 0
    while depth > 0 {
      depth -= 1
      let frame = unsafe storage.pointee.frames[depth]
      guard let edge = unsafe frame.pointee.edge.load(ordering: .relaxed) else { continue }
      let returned = unsafe frame.pointee.calleeTime.load(ordering: .relaxed)
      probeTime = unsafe probeTime &+ frame.pointee.probeTime.load(ordering: .relaxed)
      let open = unsafe openTime(of: frame, at: time, without: probeTime)
      // Never shorter than its callees, whose times come from other readings of the clock: self
      // times would be negative.
      let time = max(open, returned &+ calleeTime)
      unsafe calls.append((edge.pointee.key, time, time &- returned &- calleeTime))
      calleeTime = time
    }
    // The outermost first: only the first call of a function or along an edge is cumulative.
    var functions: Set<Int32> = []
    var edges: Set<EdgeKey> = []
    for (key, time, selfTime) in calls.reversed() {
      var figures = EdgeFigures.zero
      figures.selfTime = selfTime
      if functions.insert(key.callee).inserted { figures.cumulativeTime = time }
      if edges.insert(key).inserted { figures.edgeCumulativeTime = time }
      image.edges.append((key, figures))
    }
  }

  /// The time of an open call up to a moment, without what the probes of calls within it took.
  func openTime(
    of frame: UnsafeMutablePointer<OpenFrame>,
    at time: Nanoseconds?,
    without probeTime: Nanoseconds
  ) -> Nanoseconds {
    let calleeTime = unsafe frame.pointee.calleeTime.load(ordering: .relaxed)
    guard let time else { return calleeTime }
    let elapsed = unsafe time &- frame.pointee.start.load(ordering: .relaxed)
    // A call may have been opened while the profiler was being turned off.
    return max(elapsed &- probeTime, calleeTime)
  }
}
