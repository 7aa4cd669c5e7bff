// SPDX-License-Identifier: Apache-2.0

/// Finds the numbers that were given to things, by the hashes of the things.
///
/// Open addressing with linear probing, at most half full. A slot holds the upper half of the hash,
/// which also decides the place, and the number plus one; 0 is an empty slot.
struct HashIndex: Sendable {
  private var slots: [UInt64] = []
  /// How many slots are in use, a power of two; there may be more from before a reset.
  private var size = 0
  /// How many numbers were given.
  private(set) var count: Int32 = 0

  /// Creates a table with room for some numbers.
  init(capacity: Int) {
    reset(capacity: capacity)
  }

  /// Forgets all numbers and makes room for some, in the same memory where it suffices.
  mutating func reset(capacity: Int) {
    count = 0
    size = 16
    while size < 2 * capacity { size *= 2 }
    guard size <= slots.count else {
      slots = Array(repeating: 0, count: size)
      return
    }
    for index in 0..<size { slots[index] = 0 }
  }

  /// The number with a hash that `isEqual` accepts, or the next number, which is then taken.
  @inline(__always)
  mutating func number(
    hash: UInt64,
    isEqual: (Int32) -> Bool
  ) -> (number: Int32, isNew: Bool) {
    let tag = hash & ~0xffff_ffff
    var place = place(of: tag)
    while slots[place] != 0 {
      let number = Int32(truncatingIfNeeded: slots[place]) - 1
      if slots[place] & ~0xffff_ffff == tag, isEqual(number) { return (number, false) }
      place = (place + 1) & (size - 1)
    }
    count += 1
    slots[place] = tag | UInt64(count)
    if 2 * Int(count) > size { grow() }
    return (count - 1, true)
  }

  @inline(__always)
  private func place(of tag: UInt64) -> Int {
    Int(truncatingIfNeeded: tag >> 32) & (size - 1)
  }

  private mutating func grow() {
    let old = slots[..<size]
    size *= 2
    slots = Array(repeating: 0, count: size)
    for slot in old where slot != 0 {
      var place = place(of: slot)
      while slots[place] != 0 { place = (place + 1) & (size - 1) }
      slots[place] = slot
    }
  }
}
