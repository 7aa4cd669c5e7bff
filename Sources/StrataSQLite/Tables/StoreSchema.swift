// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB

/// The tables of a store, in the words of the design.
///
/// Rows of the dictionaries of names, edges and labels are never changed or deleted, so numbers keep
/// their meaning and caches stay valid. Captures, shapes and roll-ups go when they are pruned;
/// `AUTOINCREMENT` keeps their numbers from being used twice.
///
/// SQLite notices little of what happens to a file behind its back: a lost index entry is a capture
/// that no question finds. So whatever an answer depends on is stored twice, in places that no
/// single fault reaches together: rows have checksums, `captureCount` says how many captures there
/// must be, and `tally` how many rows there are in the small tables that are read whole.
enum StoreSchema {
  /// `STRA`, in the header of the file.
  static let applicationID: UInt32 = 0x5354_5241
  /// The version of these tables, in the header of the file as `user_version`.
  static let version = 4
  /// The oldest version that can be read: the tables are the same, but for ``figures``.
  static let oldestReadableVersion = 3
  /// The oldest version that can be upgraded: the one before was never released.
  static let oldestVersion = 2
  /// What stands for the version while an older store is upgraded.
  ///
  /// It is higher than any, so that older programs leave the file alone, even after an upgrade that
  /// was interrupted.
  static let upgradingVersion = 1_000_001
  /// The same of upgrades that a Strata of version 3 began: they are continued.
  static let olderUpgradingVersion = 1_000_000

  /// Whether a version stands for a store whose upgrade has begun.
  static func isUpgrading(_ version: Int) -> Bool {
    version == upgradingVersion || version == olderUpgradingVersion
  }

  /// Makes the tables, in the transaction of the caller.
  static func create(_ db: Database) throws {
    try db.execute(sql: tables)
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }

  static func currentVersion(_ db: Database) throws -> Int {
    // Cached: every transaction asks.
    try Int.fetchOne(try db.cachedStatement(sql: "PRAGMA user_version")) ?? 0
  }

  static let tables = tables(of: version)

  /// The tables of a version that is read.
  static func tables(of version: Int) -> String {
    let older = dictionaries + captures + rollups
    return version < 4 ? older : older + figures
  }

  /// Names are blobs: they may hold what is no text, such as lone surrogates or NUL.
  private static let dictionaries = """
    CREATE TABLE meta (
      key TEXT PRIMARY KEY NOT NULL,
      value TEXT NOT NULL,
      checksum INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE string (
      id INTEGER PRIMARY KEY,
      bytes BLOB NOT NULL UNIQUE,
      checksum INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE function (
      id INTEGER PRIMARY KEY,
      file INTEGER NOT NULL REFERENCES string (id),
      line INTEGER NOT NULL,
      name INTEGER NOT NULL REFERENCES string (id),
      canonical INTEGER NOT NULL REFERENCES function (id),
      checksum INTEGER NOT NULL,
      UNIQUE (file, line, name)
    ) STRICT;
    CREATE TABLE edge (
      id INTEGER PRIMARY KEY,
      caller INTEGER NOT NULL REFERENCES function (id),
      callee INTEGER NOT NULL REFERENCES function (id),
      checksum INTEGER NOT NULL,
      UNIQUE (caller, callee)
    ) STRICT;

    CREATE TABLE label (
      id INTEGER PRIMARY KEY,
      key BLOB NOT NULL,
      value BLOB NOT NULL,
      UNIQUE (key, value)
    ) STRICT;
    CREATE TABLE labelSet (
      id INTEGER PRIMARY KEY,
      labels BLOB NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE labelSetLabel (
      label INTEGER NOT NULL REFERENCES label (id),
      labelSet INTEGER NOT NULL REFERENCES labelSet (id),
      PRIMARY KEY (label, labelSet)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE figureKind (
      kind TEXT NOT NULL,
      clock TEXT NOT NULL,
      PRIMARY KEY (kind, clock)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE tally (
      name TEXT PRIMARY KEY NOT NULL,
      rows INTEGER NOT NULL,
      checksum INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    """

  /// What is asked for most comes first in a row: SQLite reads a row up to what it needs.
  ///
  /// Both indexes hold all that selects a capture, so that counting never reads a row.
  private static let captures = """
    CREATE TABLE shape (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      digest BLOB NOT NULL UNIQUE,
      functionCount INTEGER NOT NULL,
      edgeCount INTEGER NOT NULL,
      functions BLOB NOT NULL,
      edges BLOB NOT NULL
    ) STRICT;
    CREATE TABLE capture (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      profileID BLOB NOT NULL UNIQUE,
      start INTEGER NOT NULL,
      duration INTEGER,
      kind TEXT NOT NULL,
      clock TEXT NOT NULL,
      weight INTEGER NOT NULL,
      covers INTEGER NOT NULL,
      labelSet INTEGER NOT NULL REFERENCES labelSet (id),
      functionCount INTEGER NOT NULL,
      edgeCount INTEGER NOT NULL,
      unit INTEGER NOT NULL,
      shape INTEGER REFERENCES shape (id),
      checksum INTEGER NOT NULL,
      timeSource TEXT NOT NULL,
      totalTime INTEGER NOT NULL,
      digest INTEGER NOT NULL,
      recordChecksum INTEGER NOT NULL,
      functions BLOB,
      selfTimes BLOB NOT NULL,
      figures BLOB NOT NULL,
      CHECK ((shape IS NULL) = (functions IS NOT NULL))
    ) STRICT;
    CREATE INDEX captureStart ON capture (start, kind, clock, labelSet, duration);
    CREATE INDEX captureLabels ON capture (labelSet, start, kind, clock);
    CREATE INDEX captureDigest ON capture (digest) WHERE shape IS NULL;
    CREATE INDEX captureShape ON capture (shape) WHERE shape IS NOT NULL;
    CREATE TABLE captureEdges (
      capture INTEGER PRIMARY KEY REFERENCES capture (id),
      edges BLOB,
      figures BLOB NOT NULL
    ) STRICT;
    CREATE TABLE captureCount (
      kind TEXT NOT NULL,
      clock TEXT NOT NULL,
      label INTEGER NOT NULL,
      hour INTEGER NOT NULL,
      captures INTEGER NOT NULL,
      PRIMARY KEY (kind, clock, label, hour)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE prunedCapture (
      profileID BLOB PRIMARY KEY NOT NULL
    ) STRICT, WITHOUT ROWID;

    """

  /// Roll-ups of the same captures, such as those of two labels that come together, share a sum.
  ///
  /// A slice is in `slice` once a capture of it is stored (``SliceState``).
  private static let rollups = """
    CREATE TABLE slice (
      level TEXT NOT NULL,
      start INTEGER NOT NULL,
      state INTEGER NOT NULL,
      PRIMARY KEY (level, start)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sliceOpen ON slice (level, start) WHERE state = 0;
    CREATE TABLE lateCapture (
      level TEXT NOT NULL,
      start INTEGER NOT NULL,
      capture INTEGER NOT NULL REFERENCES capture (id),
      PRIMARY KEY (level, start, capture)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE rollup (
      level TEXT NOT NULL,
      label INTEGER NOT NULL,
      kind TEXT NOT NULL,
      clock TEXT NOT NULL,
      start INTEGER NOT NULL,
      captureCount INTEGER NOT NULL,
      sliceCount INTEGER NOT NULL,
      unknownCount INTEGER NOT NULL,
      firstStart INTEGER NOT NULL,
      lastStart INTEGER NOT NULL,
      longest INTEGER,
      sum INTEGER NOT NULL REFERENCES sum (id),
      checksum INTEGER NOT NULL,
      PRIMARY KEY (level, label, kind, clock, start)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX rollupStart ON rollup (level, start);
    CREATE INDEX rollupSum ON rollup (sum);
    CREATE TABLE sum (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      functionCount INTEGER NOT NULL,
      edgeCount INTEGER NOT NULL,
      functions BLOB NOT NULL,
      selfTimes BLOB NOT NULL,
      figures BLOB NOT NULL
    ) STRICT;
    CREATE TABLE sumEdges (
      sum INTEGER PRIMARY KEY REFERENCES sum (id),
      edges BLOB NOT NULL,
      figures BLOB NOT NULL
    ) STRICT;

    """

  /// Since version 4: figures of whole captures, by their names (``SumFigures``).
  ///
  /// They are those of a sum, not of a roll-up: what shares a sum holds the same captures.
  static let figures = """
    CREATE TABLE sumFigure (
      sum INTEGER NOT NULL REFERENCES sum (id),
      figure TEXT NOT NULL,
      captures INTEGER NOT NULL,
      total INTEGER NOT NULL,
      carry INTEGER NOT NULL,
      checksum INTEGER NOT NULL,
      PRIMARY KEY (sum, figure)
    ) STRICT, WITHOUT ROWID;
    """
}

#endif
