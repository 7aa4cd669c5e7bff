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

/// A call that has not returned yet.
@safe struct OpenFrame: ~Copyable {
  let edge = unsafe Atomic<UnsafeMutablePointer<EdgeCounters>?>(nil)
  let start = Atomic<Nanoseconds>(.zero)
  /// The time of the measured calls that it made and that returned.
  let calleeTime = Atomic<Nanoseconds>(.zero)
  /// What the probes of those calls took, where that is taken off.
  let probeTime = Atomic<Nanoseconds>(.zero)
}

/// The open calls of one thread, the outermost first, in memory that never moves, so that others may
/// read it.
@safe struct FrameStack {
  /// How many calls may be open at once: more than the stack of a thread usually holds.
  static let capacity = 1 << 16
  private static let size = capacity * MemoryLayout<OpenFrame>.stride

  private let frames: UnsafeMutablePointer<OpenFrame>
  /// How many calls may be open here: none where the system had no addresses left.
  let capacity: Int

  /// Reserves addresses; memory is taken page by page as calls nest deeper.
  init() {
    // From the system itself: an allocator hands used memory out, and would have to clear all of it.
    let memory = unsafe mmap(
      nil,
      Self.size,
      PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANON,
      -1,
      0
    )
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
      capacity = 0
      unsafe frames = .allocate(capacity: 0)
      return
    }
    #if canImport(Glibc)
    // Page by page, also where the system would rather hand out two megabytes at once.
    unsafe madvise(memory, Self.size, CInt(MADV_NOHUGEPAGE))
    #endif
    capacity = Self.capacity
    // SAFETY: a frame of zero bytes is a frame: each of its fields is an atomic of one word that is 0.
    unsafe frames = unsafe memory.bindMemory(to: OpenFrame.self, capacity: Self.capacity)
  }

  /// Gives the memory back.
  func deallocate() {
    if capacity > 0 { _ = unsafe munmap(frames, Self.size) } else { unsafe frames.deallocate() }
  }

  /// The frame at a depth, counted from 0; the depth is less than the capacity.
  @inline(__always)
  subscript(depth: Int) -> UnsafeMutablePointer<OpenFrame> {
    unsafe frames + depth
  }
}
