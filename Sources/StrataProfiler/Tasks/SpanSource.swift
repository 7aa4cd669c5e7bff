// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How a profiler finds the span around the current point of a task: a closure from what makes
/// spans, since the library that keeps them is not known here.
///
/// Set once and never changed, so that probes read it without a lock.
struct SpanSource: ~Copyable {
  package typealias Find = @Sendable (_ profiler: UInt) -> SpanCall?

  /// The address of the closure; 0 without one.
  private let address = Atomic<UInt>(0)

  /// The innermost span of a profiler.
  func current(of profiler: Profiler) -> TaskCall? {
    // SAFETY: the address is 0 or that of a closure that stays until the profiler goes.
    guard let find = unsafe Self.pointer(address.load(ordering: .acquiring)) else { return nil }
    return unsafe find.pointee(profiler.number)?.call
  }

  /// Sets the closure, unless there is one.
  func set(_ find: @escaping Find) {
    let pointer = UnsafeMutablePointer<Find>.allocate(capacity: 1)
    unsafe pointer.initialize(to: find)
    let (isSet, _) = address.compareExchange(
      expected: 0,
      desired: UInt(bitPattern: pointer),
      ordering: .acquiringAndReleasing
    )
    if !isSet { unsafe Self.deallocate(pointer) }
  }

  deinit {
    unsafe Self.pointer(address.load(ordering: .acquiring)).map { unsafe Self.deallocate($0) }
  }

  private static func pointer(_ address: UInt) -> UnsafeMutablePointer<Find>? {
    unsafe UnsafeMutablePointer(bitPattern: address)
  }

  private static func deallocate(_ pointer: UnsafeMutablePointer<Find>) {
    unsafe pointer.deinitialize(count: 1)
    unsafe pointer.deallocate()
  }
}
