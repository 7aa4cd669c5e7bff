// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore

extension SQLiteStore {
  /// The keys of all labels in the store, sorted; those of pruned captures included.
  ///
  /// - Throws: ``StoreError``.
  /// - Complexity: O(*n*) in the sets of labels.
  public func labelKeys() throws -> [String] {
    try StoreError.translating(path: path) {
      try reading { db in
        let sets = try names.labelSets(db, path: path).values
        return Set(sets.lazy.flatMap { $0.pairs.map(\.key) }).sorted()
      }
    }
  }
}

#endif
