// SPDX-License-Identifier: Apache-2.0

/// Finds the edges of one thread by caller, call site and labels; only the thread that owns it does.
///
/// Open addressing with linear probing, at most half full.
/// Half of the slots stay empty, so that looking for an edge that is not there ends soon. Unlike
/// the blocks, the table may move when it grows, for no reader comes here.
@safe struct EdgeTable: ~Copyable {
  private typealias Edge = UnsafeMutablePointer<EdgeCounters>

  // Pointers, since counters never move: growing copies one word for each edge.
  private var slots: UnsafeMutablePointer<Edge?>
  /// A power of two, so that a mask finds the slot of a hash.
  private var slotCount = 64
  private var count = 0

  init() {
    unsafe slots = Self.slots(slotCount)
  }

  deinit {
    unsafe slots.deallocate()
  }

  private static func slots(_ count: Int) -> UnsafeMutablePointer<Edge?> {
    let slots = UnsafeMutablePointer<Edge?>.allocate(capacity: count)
    unsafe slots.initialize(repeating: nil, count: count)
    return unsafe slots
  }

  /// The edge from a caller through a call site; nil where there was no such call yet.
  @inline(__always)
  func edge(
    from caller: UnsafeMutablePointer<FunctionEntry>,
    _ site: SiteKey,
    _ labels: Int32
  ) -> UnsafeMutablePointer<EdgeCounters>? {
    var slot = unsafe Self.hash(caller, site, labels) & (slotCount - 1)
    // Ends at a free slot, of which there are at least as many as edges. Edges are never removed,
    // so none is behind a gap.
    while let edge = unsafe slots[slot] {
      if unsafe edge.pointee.site == site, unsafe edge.pointee.caller == caller,
        unsafe edge.pointee.key.labels == labels
      {
        return unsafe edge
      }
      slot = (slot + 1) & (slotCount - 1)
    }
    return nil
  }

  /// Adds an edge that is not in the table.
  mutating func add(_ edge: UnsafeMutablePointer<EdgeCounters>) {
    count += 1
    if 2 * count > slotCount { grow() }
    unsafe insert(edge)
  }

  private func insert(_ edge: Edge) {
    let hash = unsafe Self.hash(edge.pointee.caller, edge.pointee.site, edge.pointee.key.labels)
    var slot = hash & (slotCount - 1)
    while unsafe slots[slot] != nil { slot = (slot + 1) & (slotCount - 1) }
    unsafe slots[slot] = edge
  }

  private mutating func grow() {
    let (old, oldCount) = unsafe (slots, slotCount)
    slotCount *= 2
    unsafe slots = Self.slots(slotCount)
    for slot in 0..<oldCount {
      if let edge = unsafe old[slot] { unsafe insert(edge) }
    }
    unsafe old.deallocate()
  }

  /// Addresses and lines differ in their lower bits; multiplications bring all of them to the top.
  @inline(__always)
  private static func hash(
    _ caller: UnsafeMutablePointer<FunctionEntry>,
    _ site: SiteKey,
    _ labels: Int32
  ) -> Int {
    let place = UInt(bitPattern: caller) &* 31 &+ UInt(bitPattern: site.line)
    let text = site.name ^ site.file &<< 1 ^ UInt(truncatingIfNeeded: labels) &<< 40
    let mixed = (place ^ text &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
    return Int(truncatingIfNeeded: mixed &>> 32)
  }
}
