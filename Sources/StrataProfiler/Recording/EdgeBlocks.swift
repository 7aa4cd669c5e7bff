// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The edges of one thread in blocks that never move: the owner appends, others walk through them.
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
      let next = unsafe Self.block(capacity: min(2 * block.pointee.capacity, 1024))
      unsafe block.pointee.next.store(next, ordering: .releasing)
      unsafe block = next
      position = 0
    }
    let place = unsafe block.pointee.edges + position
    unsafe place.initialize(to: edge)
    // Whoever sees the count sees the edge.
    unsafe block.pointee.count.store(position + 1, ordering: .releasing)
    unsafe last = block
    return unsafe place
  }

  /// Calls a closure with each edge, in the order in which they were added.
  func forEach(_ body: (UnsafeMutablePointer<EdgeCounters>) -> Void) {
    var block: UnsafeMutablePointer<Block>? = unsafe first
    while let this = unsafe block {
      let count = unsafe this.pointee.count.load(ordering: .acquiring)
      for index in 0..<count { unsafe body(this.pointee.edges + index) }
      unsafe block = this.pointee.next.load(ordering: .acquiring)
    }
  }
}
