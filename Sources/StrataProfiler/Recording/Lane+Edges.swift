// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Synchronization

/// Which edge a call follows; for the thread that owns the lane alone.
extension Lane {
  /// The edge from the innermost open call, or the task's, through a call site.
  @inline(__always)
  func edge(
    atDepth depth: Int,
    _ site: CallSite,
    _ key: SiteKey,
    _ labels: Labels?
  ) -> UnsafeMutablePointer<EdgeCounters> {
    // The usual case, a call within a call and with its labels: the thread's own memory has it all.
    if unsafe depth > owner.pointee.spanDepth, labels == nil,
      let open = unsafe storage.pointee.frames[depth - 1].pointee.edge.load(ordering: .relaxed)
    {
      return unsafe edge(from: open.pointee.callee, site, key, open.pointee.key.labels)
    }
    return unsafe outermostEdge(atDepth: depth, site, key, labels)
  }

  /// The same for the first call of a stack or within a span, and for calls with labels.
  @inline(never)
  private func outermostEdge(
    atDepth depth: Int,
    _ site: CallSite,
    _ key: SiteKey,
    _ labels: Labels?
  ) -> UnsafeMutablePointer<EdgeCounters> {
    // Programs without asynchronous probes and spans never look for the call of a task.
    if depth == 0, labels == nil, unsafe !profiler.hasTaskCalls.load(ordering: .relaxed) {
      return unsafe edge(from: owner.pointee.root, site, key, 0)
    }
    let call = unsafe taskCall(aroundDepth: depth, TaskCall.current(of: profiler))
    // For the end of the outermost call: its time is taken off the call of the task then.
    if depth == 0 { unsafe owner.pointee.taskCall = call }
    return unsafe edge(atDepth: depth, within: call, site, key, labels)
  }

  /// The edge from a call of the task, or without one from the innermost open call.
  func edge(
    atDepth depth: Int,
    within call: TaskCall?,
    _ site: CallSite,
    _ key: SiteKey,
    _ labels: Labels?
  ) -> UnsafeMutablePointer<EdgeCounters> {
    let (caller, inherited) = unsafe origin(ofCallsAtDepth: depth, within: call)
    let labels = labels.map { number(of: $0, within: inherited) }
    return unsafe edge(from: caller, site, key, labels ?? inherited)
  }

  /// The call of the task within which calls at a depth are made, given the innermost one; nil where
  /// the innermost open call of the thread is further inside.
  func taskCall(
    aroundDepth depth: Int,
    _ innermost: @autoclosure () -> TaskCall?
  ) -> TaskCall? {
    guard depth > 0 else {
      return unsafe profiler.hasTaskCalls.load(ordering: .relaxed) ? innermost() : nil
    }
    // A span of the task counts only if it was started within the innermost open call; one that was
    // started outside is the caller of the outermost call alone.
    guard unsafe depth <= owner.pointee.spanDepth, let call = innermost(),
      call.span?.place?.isWithin(frameAtDepth: depth - 1, of: self) == true
    else { return nil }
    return call
  }

  /// The function that calls at a depth come from, and the labels that they inherit.
  func origin(
    ofCallsAtDepth depth: Int,
    within call: TaskCall?
  ) -> (caller: UnsafeMutablePointer<FunctionEntry>, labels: Int32) {
    if let call {
      let (function, labels) = call.origin(on: self)
      return unsafe (entry(of: function), labels)
    }
    if depth > 0,
      let open = unsafe storage.pointee.frames[depth - 1].pointee.edge.load(ordering: .relaxed)
    {
      return unsafe (open.pointee.callee, open.pointee.key.labels)
    }
    return unsafe (owner.pointee.root, 0)
  }

  /// The number of labels within those of a call; the same ones come again and again.
  func number(of labels: Labels, within outer: Int32) -> Int32 {
    if labels.pairs.isEmpty { return outer }
    if let last = unsafe owner.pointee.lastLabels, last.outer == outer, last.labels == labels {
      return last.number
    }
    let number = knownNumber(of: labels, within: outer)
    unsafe owner.pointee.lastLabels = (outer, labels, number)
    return number
  }

  /// The same from a table of the lane, so that threads do not meet at the profiler's.
  private func knownNumber(of labels: Labels, within outer: Int32) -> Int32 {
    if let number = unsafe owner.pointee.labelNumbers[outer]?[labels] { return number }
    let number = unsafe profiler.labelSets.number(of: labels, within: outer)
    // Sets beyond the profiler's limit have one number, and may be any number of sets.
    // Emptied at once: what is still in use is asked for again, and comes from the profiler.
    if unsafe owner.pointee.labelNumberCount >= LabelRegistry.cacheLimit {
      unsafe owner.pointee.labelNumbers = [:]
      unsafe owner.pointee.labelNumberCount = 0
    }
    unsafe owner.pointee.labelNumbers[outer, default: [:]][labels] = number
    unsafe owner.pointee.labelNumberCount += 1
    return number
  }

  /// The edge from a function through a call site.
  @inline(__always)
  func edge(
    from caller: UnsafeMutablePointer<FunctionEntry>,
    _ site: CallSite,
    _ key: SiteKey,
    _ labels: Int32
  ) -> UnsafeMutablePointer<EdgeCounters> {
    // Loops make the same call again and again: a few comparisons spare the hash.
    if let last = unsafe caller.pointee.lastEdge, unsafe last.pointee.site == key,
      unsafe last.pointee.key.labels == labels
    {
      return unsafe last
    }
    return unsafe otherEdge(from: caller, site, key, labels)
  }

  @inline(never)
  private func otherEdge(
    from caller: UnsafeMutablePointer<FunctionEntry>,
    _ site: CallSite,
    _ key: SiteKey,
    _ labels: Int32
  ) -> UnsafeMutablePointer<EdgeCounters> {
    let edge =
      unsafe owner.pointee.table.edge(from: caller, key, labels)
      ?? newEdge(from: caller, site, key, labels)
    // A hint of the owner's own, which readers never see: it may be of any site and any labels.
    unsafe caller.pointee.lastEdge = unsafe edge
    return unsafe edge
  }

  private func newEdge(
    from caller: UnsafeMutablePointer<FunctionEntry>,
    _ site: CallSite,
    _ key: SiteKey,
    _ labels: Int32
  ) -> UnsafeMutablePointer<EdgeCounters> {
    let callee = unsafe entry(of: profiler.functions.number(of: site, key))
    // Outside of a change: until a call is counted, a new edge is all zeros and adds nothing.
    let edge = unsafe storage.pointee.blocks.append(
      EdgeCounters(from: caller, to: callee, key, labels: labels),
      last: &owner.pointee.lastBlock
    )
    unsafe owner.pointee.table.add(edge)
    return unsafe edge
  }

  /// The entry of a function in this lane.
  func entry(of function: Int32) -> UnsafeMutablePointer<FunctionEntry> {
    guard function != FunctionEntry.none else { return unsafe owner.pointee.root }
    let position = Int(function)
    // Numbers are those of all threads: the first that this one meets may be a high one.
    while unsafe owner.pointee.entries.count <= position {
      unsafe owner.pointee.entries.append(nil)
    }
    if let entry = unsafe owner.pointee.entries[position] { return unsafe entry }
    // Memory of its own, which never moves: edges keep pointers to it.
    let entry = UnsafeMutablePointer<FunctionEntry>.allocate(capacity: 1)
    unsafe entry.initialize(to: FunctionEntry(function: function))
    unsafe owner.pointee.entries[position] = unsafe entry
    return unsafe entry
  }
}
