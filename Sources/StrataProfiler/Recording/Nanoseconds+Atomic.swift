// SPDX-License-Identifier: Apache-2.0

public import StrataCore
public import Synchronization

extension Nanoseconds: AtomicRepresentable {
  /// The number of nanoseconds, as an atomic has it.
  public typealias AtomicRepresentation = Int64.AtomicRepresentation

  /// The value of an atomic for a time.
  @inlinable
  public static func encodeAtomicRepresentation(_ time: consuming Self) -> AtomicRepresentation {
    Int64.encodeAtomicRepresentation(time.count)
  }

  /// The time for the value of an atomic.
  @inlinable
  public static func decodeAtomicRepresentation(
    _ value: consuming AtomicRepresentation
  ) -> Nanoseconds {
    Nanoseconds(Int64.decodeAtomicRepresentation(value))
  }
}

extension Atomic where Value == Nanoseconds {
  /// Adds for the one thread that writes, as to a number.
  @inline(__always)
  borrowing func addAsOwner(_ time: Nanoseconds) {
    store(load(ordering: .relaxed) &+ time, ordering: .relaxed)
  }

  /// Adds for any of several threads that write.
  borrowing func add(_ time: Nanoseconds) {
    var sum = load(ordering: .relaxed)
    while true {
      let (exchanged, found) = weakCompareExchange(
        expected: sum,
        desired: sum &+ time,
        ordering: .relaxed
      )
      if exchanged { return }
      sum = found
    }
  }
}
