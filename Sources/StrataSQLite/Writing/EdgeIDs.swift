// SPDX-License-Identifier: Apache-2.0

#if Tools

/// The store's numbers of edges, by caller and callee.
///
/// A profile whose shape is new asks for two thousand of them: open addressing with linear probing,
/// at most half full, where a dictionary takes four times as long. What a rollback takes back keeps
/// its slot without a number.
struct EdgeIDs: Sendable {
  /// Drawn anew for each store, since programs choose which of their functions call each other.
  private let multiplier = UInt64.random(in: 0 ... .max) | 1
  /// Callers in the upper half, callees in the lower one; 0, which no edge has, is an empty slot.
  private var keys = [UInt64](repeating: 0, count: 16)
  private var ids = [Int32](repeating: 0, count: 16)
  private var count = 0
  private var pending: [UInt64] = []

  /// The number of an edge; nil where none is known.
  func id(caller: Int32, callee: Int32) -> Int32? {
    let id = ids[slot(of: Self.key(caller, callee))]
    return id == 0 ? nil : id
  }

  mutating func learn(caller: Int32, callee: Int32, _ id: Int32) {
    let key = Self.key(caller, callee)
    put(key, id)
    pending.append(key)
    if 2 * count > keys.count { grow() }
  }

  mutating func keepPending() {
    pending = []
  }

  mutating func forgetPending() {
    for key in pending { ids[slot(of: key)] = 0 }
    pending = []
  }

  private static func key(_ caller: Int32, _ callee: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: caller)) << 32 | UInt64(UInt32(bitPattern: callee))
  }

  /// Where a key stands, or could stand.
  private func slot(of key: UInt64) -> Int {
    let product = (key ^ multiplier).multipliedFullWidth(by: multiplier)
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: product.high ^ product.low) & mask
    let keys = keys.span
    while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func put(_ key: UInt64, _ id: Int32) {
    let slot = slot(of: key)
    if keys[slot] == 0 { count += 1 }
    keys[slot] = key
    ids[slot] = id
  }

  private mutating func grow() {
    let old = zip(keys, ids)
    keys = Array(repeating: 0, count: 2 * keys.count)
    ids = Array(repeating: 0, count: keys.count)
    count = 0
    for (key, id) in old where key != 0 { put(key, id) }
  }
}

#endif
