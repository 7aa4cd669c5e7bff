// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

/// Numbers of names that this process has met, so that a name is looked up once.
///
/// It is never complete, since other processes add names too: what is missing is looked up in the
/// store. What a transaction learns is pending until it is committed; a rollback forgets it.
struct WriterCache {
  var strings = CachedIDs<ByteString>()
  var functions = CachedIDs<Function>()
  /// By caller and callee.
  var edges = CachedIDs<UInt64>()
  var labels = CachedIDs<LabelKey>()
  /// By the labels as the store writes them.
  var labelSets = CachedIDs<[UInt8]>()

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
  }

  /// After a rollback.
  mutating func forgetPending() {
    strings.forgetPending()
    functions.forgetPending()
    edges.forgetPending()
    labels.forgetPending()
    labelSets.forgetPending()
  }
}

/// The numbers of one dictionary.
struct CachedIDs<Key: Hashable> {
  private var known: [Key: Int32] = [:]
  private var pending: [Key: Int32] = [:]

  subscript(key: Key) -> Int32? {
    known[key] ?? (pending.isEmpty ? nil : pending[key])
  }

  mutating func learn(_ key: Key, _ id: Int32) {
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

extension CachedIDs: Sendable where Key: Sendable {}

#endif
