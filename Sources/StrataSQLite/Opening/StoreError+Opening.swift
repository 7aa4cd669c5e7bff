// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB
import StrataQuery

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
      advice: "the file was not changed; check the path"
    )
  }

  init(version: Int, path: String) {
    self.init(
      .newerVersion,
      path: path,
      expected: "a store of version \(StoreSchema.version) or older",
      found: "version \(version)",
      advice: "the store was not changed; use the newer version of Strata that wrote it"
    )
  }

  init(unreleasedVersion version: Int, path: String) {
    self.init(
      .unsupportedVersion,
      path: path,
      expected: "a store of version \(StoreSchema.oldestVersion) or newer",
      found: "version \(version), which was never released",
      advice: "the store was not changed; import its profiles into a new one"
    )
  }

  init(olderVersion version: Int, path: String) {
    let found =
      switch version {
      case 0: "one whose creation is in progress or was interrupted"
      case StoreSchema.upgradingVersion, StoreSchema.olderUpgradingVersion:
        "one whose upgrade is in progress or was interrupted"
      default: "version \(version)"
      }
    self.init(
      version == 0 ? .unfinished : .olderVersion,
      path: path,
      expected: "a store of version \(StoreSchema.version)",
      found: found,
      advice: version == 0
        ? "import into it to complete it"
        : "upgrade it; the next import does so too"
    )
  }

  init(upgradeStoppedAt path: String) {
    self.init(
      .olderVersion,
      path: path,
      expected: "a store of version \(StoreSchema.version)",
      found: "one whose upgrade was interrupted",
      advice: "nothing is lost; upgrade again to continue"
    )
  }

  /// Fails unless a transaction sees the tables of this version, or of one back to another that will do
  /// for it: another program may have changed them since the store was opened.
  ///
  /// - Returns: The version.
  @discardableResult
  static func checkVersion(
    _ db: Database,
    path: String,
    oldest: Int = StoreSchema.version
  ) throws -> Int {
    let version = try StoreSchema.currentVersion(db)
    if (oldest...StoreSchema.version).contains(version) { return version }
    guard version > StoreSchema.version, !StoreSchema.isUpgrading(version) else {
      throw StoreError(olderVersion: version, path: path)
    }
    throw StoreError(version: version, path: path)
  }
}

#endif
