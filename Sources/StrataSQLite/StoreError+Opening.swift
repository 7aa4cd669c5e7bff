// SPDX-License-Identifier: Apache-2.0

#if Tools

extension StoreError {
  init(notFoundAt path: String) {
    self.init(
      .notFound,
      path: path,
      expected: "a store",
      found: "no file",
      advice: "check the path, or import profiles first"
    )
  }

  init(notAStore found: String, path: String) {
    self.init(
      .notAStore,
      path: path,
      expected: "a store",
      found: found,
      advice: "it was not touched: check the path"
    )
  }

  init(version: Int, path: String) {
    self.init(
      .newerVersion,
      path: path,
      expected: "a store of version \(StoreSchema.version) or older",
      found: "version \(version)",
      advice: "it was not touched: use the newer Strata that wrote it"
    )
  }

  init(unreleasedVersion version: Int, path: String) {
    self.init(
      .olderVersion,
      path: path,
      expected: "a store of version \(StoreSchema.oldestVersion) or newer",
      found: "version \(version), which no release wrote",
      advice: "it was not touched: import its profiles into a new store"
    )
  }

  init(olderVersion version: Int, path: String) {
    self.init(
      .olderVersion,
      path: path,
      expected: "a store of version \(StoreSchema.version)",
      found: version == 0
        ? "one that is being made, or whose making was cut off" : "version \(version)",
      advice: "import into it, which brings it up to date"
    )
  }
}

#endif
