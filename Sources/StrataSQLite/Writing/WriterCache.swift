// SPDX-License-Identifier: Apache-2.0

#if Tools
import StrataCore
import Synchronization

/// Numbers of names that this process has met, so that a name is looked up once.
///
/// It is never complete, since other processes add names too: what is missing is looked up in the
/// store. What a transaction learns is pending until it is committed; a rollback forgets it.
struct WriterCache {
  var strings = CachedIDs<ByteString, Int32>()
  var functions = FunctionIDs()
  var edges = EdgeIDs()
  var labels = CachedIDs<LabelKey, Int32>()
  /// By the labels as the store writes them.
  var labelSets = CachedIDs<[UInt8], Int32>()
  /// The kinds and clocks that the store knows of.
  var kinds = CachedIDs<FigureKind, Int32>()
  /// Shapes that this process has met; unlike the others they may be pruned.
  var shapes = CachedIDs<ShapeDigest, Int64>()

  /// A label by its bytes: strings that look alike may be canonically equal and still differ.
  struct LabelKey: Hashable {
    var key: ByteString
    var value: ByteString
  }

  /// After a commit.
  mutating func keepPending() {
    strings.keepPending()
    functions.keepPending()
    edges.keepPending()
    labels.keepPending()
    labelSets.keepPending()
    shapes.keepPending()
    kinds.keepPending()
  }

  /// After a rollback.
  mutating func forgetPending() {
    strings.forgetPending()
    functions.forgetPending()
    edges.forgetPending()
    labels.forgetPending()
    labelSets.forgetPending()
    shapes.forgetPending()
    kinds.forgetPending()
  }
}

/// The numbers of one dictionary.
struct CachedIDs<Key: Hashable, ID> {
  private var known: [Key: ID] = [:]
  private var pending: [Key: ID] = [:]

  subscript(key: Key) -> ID? {
    known[key] ?? (pending.isEmpty ? nil : pending[key])
  }

  mutating func learn(_ key: Key, _ id: ID) {
    pending[key] = id
  }

  mutating func keepPending() {
    known.merge(pending) { $1 }
    pending = [:]
  }

  mutating func forgetPending() {
    pending = [:]
  }
}

/// The store's numbers of functions, by those of the ``FunctionRegister``.
struct FunctionIDs: Sendable {
  /// 0 for a function without.
  private var ids: [Int32] = []
  private var pending: [Int32] = []

  /// The store's numbers of functions, in their order; 0 where none is known.
  func ids(of numbers: [Int32]) -> [Int32] {
    let ids = ids.span
    return numbers.map { ids.indices.contains(Int($0)) ? ids[Int($0)] : 0 }
  }

  /// The store's number of a function.
  subscript(number: Int32) -> Int32? {
    ids.indices.contains(Int(number)) && ids[Int(number)] != 0 ? ids[Int(number)] : nil
  }

  mutating func learn(_ number: Int32, _ id: Int32) {
    ids += repeatElement(0, count: max(0, Int(number) + 1 - ids.count))
    ids[Int(number)] = id
    pending.append(number)
  }

  mutating func keepPending() {
    pending = []
  }

  mutating func forgetPending() {
    for number in pending { ids[Int(number)] = 0 }
    pending = []
  }
}

extension CachedIDs: Sendable where Key: Sendable, ID: Sendable {}

/// The store's numbers of edges, by caller and callee.
///
/// A profile whose shape is new asks for two thousand of them: open addressing with linear probing,
/// at most half full, where a dictionary takes four times as long. What a rollback takes back keeps
/// its slot without a number.
struct EdgeIDs: Sendable {
  /// Drawn again for each store, since programs choose which of their functions call each other.
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

  /// Where a key is, or could be.
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

/// Numbers of this process for all functions that its records name, before the store has numbers
/// for them.
///
/// The task that prepares a record compares its names while it has them; the writer, for whom
/// the others wait, has an array to look into.
final class FunctionRegister: Sendable {
  private let numbers = Mutex(FunctionInterner())

  /// The numbers of functions, in their order.
  func numbers(of functions: FunctionTable) -> [Int32] {
    numbers.withLock { $0.numbers(of: functions) }
  }

  func number(of function: Function) -> Int32 {
    numbers.withLock { $0.number(of: function) }
  }

  /// The function that has a number.
  func function(_ number: Int32) -> Function {
    numbers.withLock { $0.functions[Int(number)] }
  }
}
#endif
