// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Which lane of which profiler belongs to the calling thread.
///
/// Lanes are found by the number of the profiler, which is never given twice: the lane of one that is
/// gone is never followed.
@safe struct ThreadRecord {
  // Most threads record for one profiler, whose lane is found by a comparison, without a hash.
  private var lastProfiler: UInt = 0
  private var lastLane: UnsafeMutablePointer<LaneStorage>?
  private var lanes: [UInt: UnsafeMutablePointer<LaneStorage>] = unsafe [:]

  private typealias Pointer = UnsafeMutablePointer<ThreadRecord>

  /// The key under which threads keep their records.
  ///
  /// The system calls a function of the key when a thread ends, which hands over what was recorded.
  static let key: pthread_key_t = {
    var key = pthread_key_t()
    guard unsafe pthread_key_create(&key, end) == 0 else {
      fatalError("no key for thread-specific data is left: the program has used them all")
    }
    return key
  }()

  /// The lane of the calling thread for a profiler; made where there is none.
  @inline(__always)
  static func lane(of profiler: Profiler) -> UnsafeMutablePointer<LaneStorage> {
    if let record = unsafe pthread_getspecific(profiler.threadKey)?.assumingMemoryBound(
      to: ThreadRecord.self
    ),
      unsafe record.pointee.lastProfiler == profiler.number,
      let lane = unsafe record.pointee.lastLane
    {
      return unsafe lane
    }
    return unsafe otherLane(of: profiler)
  }

  @inline(never)
  private static func otherLane(of profiler: Profiler) -> UnsafeMutablePointer<LaneStorage> {
    let record = unsafe current()
    let lane = unsafe record.pointee.lanes[profiler.number] ?? newLane(of: profiler, record)
    unsafe record.pointee.lastProfiler = profiler.number
    unsafe record.pointee.lastLane = unsafe lane
    return unsafe lane
  }

  private static func newLane(
    of profiler: Profiler,
    _ record: Pointer
  ) -> UnsafeMutablePointer<LaneStorage> {
    // Programs that make many profilers leave entries behind; whenever as many came, they are swept.
    let count = unsafe record.pointee.lanes.count
    if count >= 16, count.nonzeroBitCount == 1 {
      let living = LivingProfilers.all.withLock { Set($0.keys) }
      unsafe record.pointee.lanes = unsafe record.pointee.lanes.filter {
        unsafe living.contains($0.key)
      }
    }
    let lane = profiler.lanes.add(of: profiler)
    unsafe record.pointee.lanes[profiler.number] = unsafe lane.storage
    return unsafe lane.storage
  }

  /// The record of the calling thread.
  private static func current() -> Pointer {
    if let known = unsafe pthread_getspecific(key) {
      return unsafe known.assumingMemoryBound(to: ThreadRecord.self)
    }
    let record = Pointer.allocate(capacity: 1)
    unsafe record.initialize(to: ThreadRecord())
    unsafe pthread_setspecific(key, record)
    return unsafe record
  }

  /// Called by the system on a thread that ends.
  #if canImport(Darwin)
  private static let end: @convention(c) (UnsafeMutableRawPointer) -> Void = { unsafe finish($0) }
  #else
  private static let end: @convention(c) (UnsafeMutableRawPointer?) -> Void = { pointer in
    if let pointer = unsafe pointer { unsafe finish(pointer) }
  }
  #endif

  private static func finish(_ pointer: UnsafeMutableRawPointer) {
    // The system has cleared the key before: a probe in a destructor that comes later makes another
    // record, for which this is called again.
    let record = unsafe pointer.assumingMemoryBound(to: ThreadRecord.self)
    unsafe record.pointee.lanes.forEach { number, storage in
      unsafe LivingProfilers.finish(storage, of: number)
    }
    unsafe record.deinitialize(count: 1)
    unsafe record.deallocate()
  }
}

/// The profilers that exist, for threads that end.
enum LivingProfilers {
  /// A profiler as long as it lives.
  struct Entry {
    weak var profiler: Profiler?
  }

  static let all = Mutex<[UInt: Entry]>([:])
  private static let lastNumber = Atomic<UInt>(0)

  /// A number that no other profiler has.
  static func nextNumber() -> UInt {
    lastNumber.add(1, ordering: .relaxed).newValue
  }

  /// Hands what a thread has recorded to its profiler, if that still exists.
  static func finish(_ storage: UnsafeMutablePointer<LaneStorage>, of number: UInt) {
    // Kept alive here, and outside of the lock, which it takes when it goes.
    guard let profiler = all.withLock({ $0[number]?.profiler }) else { return }
    unsafe profiler.lanes.finish(storage)
  }
}
