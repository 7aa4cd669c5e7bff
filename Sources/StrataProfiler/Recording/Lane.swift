// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Synchronization

/// The memory in which one thread records its calls for one profiler: no locks, nothing shared.
///
/// The thread that owns it writes; the taker of a snapshot reads. Each change comes between two
/// steps of ``sequence``, so that a reader knows whether what it copied was whole; a thread too
/// busy to be copied notices that a snapshot is wanted and hands a copy over (``catchUp()``).
/// So probes never wait for readers.
///
/// This is a sequence lock: the writer never waits, and a reader that met a change tries again.
@safe struct LaneStorage: ~Copyable {
  // Written by the owner, read by others.
  /// Odd while the owner changes something.
  let sequence = Atomic<UInt>(0)
  /// The number of open calls.
  let depth = Atomic<Int>(0)
  /// The time of the profiler being on to which the open calls belong.
  let epoch = Atomic<UInt>(0)
  /// Calls that were not recorded, since too many were open.
  let unrecordedCalls = Atomic<Int64>(0)
  let frames = FrameStack()
  let blocks = EdgeBlocks()
  let thread = ThreadClock()

  // Written by others, read by the owner.
  /// When the profiler was turned off, and in which epoch; for an owner that did not notice.
  let closing = Mutex<(epoch: UInt, time: Nanoseconds)?>(nil)
  /// The last state of the profiler for which a reader has copied the lane.
  let served = Atomic<UInt>(0)
  /// The copy that the owner made for a snapshot, and for which.
  let handedOver = Mutex<(state: UInt, image: LaneImage)?>(nil)

  /// What only the owner looks at.
  let owner: UnsafeMutablePointer<LaneOwner>

  init() {
    unsafe owner = .allocate(capacity: 1)
    unsafe owner.initialize(to: LaneOwner())
  }

  deinit {
    frames.deallocate()
    blocks.deallocate()
    unsafe owner.deinitialize(count: 1)
    unsafe owner.deallocate()
  }
}

/// What only the thread that owns a lane looks at.
@safe struct LaneOwner: ~Copyable {
  /// The last state of the profiler that the owner has taken note of.
  var state: UInt = 0
  /// The greatest depth at which a span was started within the calls that are open; calls that are
  /// made deeper need not ask for spans.
  var spanDepth = 0
  /// The call of the task within which the outermost open call was made.
  var taskCall: TaskCall?
  var table = EdgeTable()
  var lastBlock: UnsafeMutablePointer<EdgeBlocks.Block>?
  /// Functions by their numbers, nil where the thread has not met them.
  var entries: [UnsafeMutablePointer<FunctionEntry>?] = unsafe []
  /// The caller of calls whose real caller is not measured.
  let root: UnsafeMutablePointer<FunctionEntry>
  /// The numbers of labels within those of a call, as far as they were asked for lately.
  var labelNumbers: [Int32: [Labels: Int32]] = [:]
  var labelNumberCount = 0
  /// The ones that were asked for last.
  var lastLabels: (outer: Int32, labels: Labels, number: Int32)?

  init() {
    unsafe root = .allocate(capacity: 1)
    unsafe root.initialize(to: FunctionEntry(function: FunctionEntry.none))
  }

  deinit {
    unsafe entries.forEach { unsafe $0?.deallocate() }
    unsafe root.deallocate()
  }
}

/// The recording of one thread for one profiler; the memory itself is ``LaneStorage``.
// SAFETY: what is written by the owner and read by others is atomic or behind a mutex.
@safe struct Lane: @unchecked Sendable {
  let storage: UnsafeMutablePointer<LaneStorage>
  // Not counted, as each probe would change the count. The profiler gives its lanes' memory back
  // when it goes, so that none is used after it.
  unowned(unsafe) let profiler: Profiler

  /// A lane that has its memory.
  init(_ storage: UnsafeMutablePointer<LaneStorage>, of profiler: Profiler) {
    unsafe self.storage = unsafe storage
    unsafe self.profiler = profiler
  }

  /// A new lane, for the calling thread.
  init(of profiler: Profiler) {
    let storage = UnsafeMutablePointer<LaneStorage>.allocate(capacity: 1)
    unsafe storage.initialize(to: LaneStorage())
    unsafe self.init(storage, of: profiler)
  }

  /// What only its thread looks at.
  @inline(__always)
  var owner: UnsafeMutablePointer<LaneOwner> { unsafe storage.pointee.owner }

  /// What distinguishes the lane from others that exist.
  var address: UInt { unsafe UInt(bitPattern: storage) }

  func deallocate() {
    unsafe storage.deinitialize(count: 1)
    unsafe storage.deallocate()
  }
}
