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
    if depth > 0, labels == nil,
      let open = unsafe storage.pointee.frames[depth - 1].pointee.edge.load(ordering: .relaxed)
    {
      return unsafe edge(from: open.pointee.callee, site, key, open.pointee.key.labels)
    }
    return unsafe edge(inContextAtDepth: depth, site, key, labels)
  }

  /// The same for the first call of a stack, and for calls with labels.
  @inline(never)
  private func edge(
    inContextAtDepth depth: Int,
    _ site: CallSite,
    _ key: SiteKey,
    _ labels: Labels?
  ) -> UnsafeMutablePointer<EdgeCounters> {
    var caller = unsafe owner.pointee.root
    var inherited: Int32 = 0
    if depth > 0,
      let open = unsafe storage.pointee.frames[depth - 1].pointee.edge.load(ordering: .relaxed)
    {
      unsafe (caller, inherited) = unsafe (open.pointee.callee, open.pointee.key.labels)
    } else if unsafe profiler.hasTaskCalls.load(ordering: .relaxed),
      let call = unsafe TaskCall.current(of: profiler)
    {
      unsafe (caller, inherited) = unsafe (entry(of: call.function), call.labels)
    }
    let labels = labels.map { number(of: $0, within: inherited) }
    return unsafe edge(from: caller, site, key, labels ?? inherited)
  }

  /// The number of labels within those of a call; the same ones come again and again.
  private func number(of labels: Labels, within outer: Int32) -> Int32 {
    if let last = unsafe owner.pointee.lastLabels, last.outer == outer, last.labels == labels {
      return last.number
    }
    let number = unsafe profiler.labelSets.number(of: labels, within: outer)
    unsafe owner.pointee.lastLabels = (outer, labels, number)
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
    while unsafe owner.pointee.entries.count <= position {
      unsafe owner.pointee.entries.append(nil)
    }
    if let entry = unsafe owner.pointee.entries[position] { return unsafe entry }
    let entry = UnsafeMutablePointer<FunctionEntry>.allocate(capacity: 1)
    unsafe entry.initialize(to: FunctionEntry(function: function))
    unsafe owner.pointee.entries[position] = unsafe entry
    return unsafe entry
  }
}
