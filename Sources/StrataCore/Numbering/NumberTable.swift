// SPDX-License-Identifier: Apache-2.0

/// Finds the numbers that were given to things, by the hashes of the things.
///
/// Open addressing with linear probing, at most half full. A slot holds the upper half of the hash,
/// which also decides the place, and the number plus one; 0 is an empty slot.
struct NumberTable: Sendable {
  private var slots: [UInt64]
  /// How many numbers were given.
  private(set) var count: Int32 = 0

  /// Creates a table with room for some numbers.
  init(capacity: Int) {
    var size = 16
    while size < 2 * capacity { size *= 2 }
    slots = Array(repeating: 0, count: size)
  }

  /// The number with a hash that `isEqual` accepts, or the next number, which is then taken.
  @inline(__always)
  mutating func number(
    hash: UInt64,
    isEqual: (Int32) -> Bool
  ) -> (number: Int32, isNew: Bool) {
    let tag = hash & ~0xffff_ffff
    var place = Self.place(of: tag, in: slots.count)
    while slots[place] != 0 {
      let number = Int32(truncatingIfNeeded: slots[place]) - 1
      if slots[place] & ~0xffff_ffff == tag, isEqual(number) { return (number, false) }
      place = (place + 1) & (slots.count - 1)
    }
    count += 1
    slots[place] = tag | UInt64(count)
    if 2 * Int(count) > slots.count { grow() }
    return (count - 1, true)
  }

  @inline(__always)
  static func place(of tag: UInt64, in size: Int) -> Int {
    Int(truncatingIfNeeded: tag >> 32) & (size - 1)
  }

  mutating func grow() {
    let old = slots
    slots = Array(repeating: 0, count: 2 * old.count)
    for slot in old where slot != 0 {
      var place = Self.place(of: slot, in: slots.count)
      while slots[place] != 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = slot
    }
  }
}
