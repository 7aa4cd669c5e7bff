// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

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

#endif
