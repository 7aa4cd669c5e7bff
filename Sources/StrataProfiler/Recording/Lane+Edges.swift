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
      return unsafe edge(from: open.pointee.callee, site, key, open.pointee.labels)
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
    var caller = unsafe storage.pointee.root
    var inherited: Int32 = 0
    if depth > 0,
      let open = unsafe storage.pointee.frames[depth - 1].pointee.edge.load(ordering: .relaxed)
    {
      unsafe (caller, inherited) = unsafe (open.pointee.callee, open.pointee.labels)
    } else if unsafe profiler.hasTaskCalls.load(ordering: .relaxed),
      let call = unsafe TaskCall.current(of: profiler)
    {
      unsafe (caller, inherited) = unsafe (entry(of: call.function), call.labels)
    }
    let labels = labels.map { unsafe profiler.labelSets.number(of: $0, within: inherited) }
    return unsafe edge(from: caller, site, key, labels ?? inherited)
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
      unsafe last.pointee.labels == labels
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
      unsafe storage.pointee.table.edge(from: caller, key, labels)
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
      EdgeCounters(site: key, labels: labels, caller: caller, callee: callee),
      last: &storage.pointee.lastBlock
    )
    unsafe storage.pointee.table.add(edge)
    return unsafe edge
  }

  /// The entry of a function in this lane.
  func entry(of function: Int32) -> UnsafeMutablePointer<FunctionEntry> {
    guard function != FunctionEntry.none else { return unsafe storage.pointee.root }
    let position = Int(function)
    while unsafe storage.pointee.entries.count <= position {
      unsafe storage.pointee.entries.append(nil)
    }
    if let entry = unsafe storage.pointee.entries[position] { return unsafe entry }
    let entry = UnsafeMutablePointer<FunctionEntry>.allocate(capacity: 1)
    unsafe entry.initialize(to: FunctionEntry(function: function))
    unsafe storage.pointee.entries[position] = unsafe entry
    return unsafe entry
  }
}
