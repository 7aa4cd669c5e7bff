// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The edges of one thread in blocks that never move: the owner appends, others walk through them.
///
/// A full block is followed by another and not replaced by a larger one, since a reader may be in
/// it and the owner keeps pointers to its edges.
@safe struct EdgeBlocks {
  /// Some edges, and where more are.
  @safe struct Block: ~Copyable {
    let edges: UnsafeMutablePointer<EdgeCounters>
    let capacity: Int
    let count = Atomic<Int>(0)
    let next = unsafe Atomic<UnsafeMutablePointer<Block>?>(nil)

    init(capacity: Int) {
      self.capacity = capacity
      unsafe edges = .allocate(capacity: capacity)
    }
  }

  private let first: UnsafeMutablePointer<Block>

  init() {
    unsafe first = Self.block(capacity: 16)
  }

  private static func block(capacity: Int) -> UnsafeMutablePointer<Block> {
    let block = UnsafeMutablePointer<Block>.allocate(capacity: 1)
    unsafe block.initialize(to: Block(capacity: capacity))
    return unsafe block
  }

  /// Gives the memory back.
  func deallocate() {
    var block: UnsafeMutablePointer<Block>? = unsafe first
    while let this = unsafe block {
      // Relaxed is enough: no other thread reads a lane whose memory is given back.
      unsafe block = this.pointee.next.load(ordering: .relaxed)
      unsafe this.pointee.edges.deinitialize(count: this.pointee.count.load(ordering: .relaxed))
      unsafe this.pointee.edges.deallocate()
      unsafe this.deinitialize(count: 1)
      unsafe this.deallocate()
    }
  }

  /// Appends an edge; `last` is where the owner keeps the block that is being filled.
  func append(
    _ edge: consuming EdgeCounters,
    last: inout UnsafeMutablePointer<Block>?
  ) -> UnsafeMutablePointer<EdgeCounters> {
    var block = unsafe last ?? first
    var position = unsafe block.pointee.count.load(ordering: .relaxed)
    if unsafe position == block.pointee.capacity {
      // Larger each time, up to a limit: a thread that calls little takes little memory.
      let next = unsafe Self.block(capacity: min(2 * block.pointee.capacity, 1024))
      // A reader that sees the pointer sees an initialized block behind it.
      unsafe block.pointee.next.store(next, ordering: .releasing)
      unsafe block = next
      position = 0
    }
    let place = unsafe block.pointee.edges + position
    unsafe place.initialize(to: edge)
    // A reader that sees the count sees the edge.
    unsafe block.pointee.count.store(position + 1, ordering: .releasing)
    unsafe last = block
    return unsafe place
  }

  /// Calls a closure with each edge, in the order in which they were added.
  func forEach(_ body: (UnsafeMutablePointer<EdgeCounters>) -> Void) {
    var block: UnsafeMutablePointer<Block>? = unsafe first
    while let this = unsafe block {
      // An edge that is added after this load has counted nothing yet, or does so in a change that
      // the sequence of the lane shows.
      let count = unsafe this.pointee.count.load(ordering: .acquiring)
      for index in 0..<count { unsafe body(this.pointee.edges + index) }
      unsafe block = this.pointee.next.load(ordering: .acquiring)
    }
  }
}
