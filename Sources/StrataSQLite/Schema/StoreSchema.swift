// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB

/// The tables of a store, in the words of the design, and how they come about.
///
/// Rows of the dictionaries of names, edges and labels are never changed or deleted, so numbers keep
/// their meaning and caches need not be told. Profiles, shapes and roll-ups go when they are pruned;
/// `AUTOINCREMENT` keeps their numbers from being used twice.
enum StoreSchema {
  /// `STRA`, in the header of the file.
  static let applicationID: UInt32 = 0x5354_5241
  /// The version of the newest migration, in the header of the file as `user_version`.
  static let version = 2
  /// The oldest version that can be brought up to date: the one before was never released.
  static let oldestVersion = 2

  /// Another process ran the migration between our look and our lock.
  struct MigrationRace: Error {}

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    register(version: 2, creating: version2, in: &migrator)
    return migrator
  }

  private static func register(
    version: Int,
    creating sql: String,
    in migrator: inout DatabaseMigrator
  ) {
    migrator.registerMigration("\(version)") { db in
      // The migrator looks for what is to do before it takes the lock.
      guard try currentVersion(db) < version else { throw MigrationRace() }
      try db.execute(sql: sql)
      try db.execute(sql: "PRAGMA user_version = \(version)")
    }
  }

  static func currentVersion(_ db: Database) throws -> Int {
    try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
  }

  private static let version2 = dictionaries + profiles + rollups

  /// Names are blobs: they may hold what is no text, such as lone surrogates or NUL.
  private static let dictionaries = """
    CREATE TABLE meta (
      key TEXT PRIMARY KEY NOT NULL,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE string (
      id INTEGER PRIMARY KEY,
      bytes BLOB NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE function (
      id INTEGER PRIMARY KEY,
      file INTEGER NOT NULL REFERENCES string (id),
      line INTEGER NOT NULL,
      name INTEGER NOT NULL REFERENCES string (id),
      canonical INTEGER NOT NULL REFERENCES function (id),
      UNIQUE (file, line, name)
    ) STRICT;
    CREATE TABLE edge (
      id INTEGER PRIMARY KEY,
      caller INTEGER NOT NULL REFERENCES function (id),
      callee INTEGER NOT NULL REFERENCES function (id),
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

    """

  /// What is asked for most stands first in a row: SQLite reads a row up to what it needs.
  ///
  /// `figureKind` has every kind with every clock that profiles have, or had.
  private static let profiles = """
    CREATE TABLE shape (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      digest BLOB NOT NULL UNIQUE,
      functionCount INTEGER NOT NULL,
      edgeCount INTEGER NOT NULL,
      functions BLOB NOT NULL,
      edges BLOB NOT NULL
    ) STRICT;
    CREATE TABLE profile (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      profileID BLOB NOT NULL UNIQUE,
      start INTEGER NOT NULL,
      duration INTEGER,
      timeSource TEXT NOT NULL,
      kind TEXT NOT NULL,
      clock TEXT NOT NULL,
      weight INTEGER NOT NULL,
      labelSet INTEGER NOT NULL REFERENCES labelSet (id),
      totalTime INTEGER NOT NULL,
      checksum INTEGER NOT NULL,
      functionCount INTEGER NOT NULL,
      edgeCount INTEGER NOT NULL,
      unit INTEGER NOT NULL,
      shape INTEGER REFERENCES shape (id),
      digest INTEGER NOT NULL,
      functions BLOB,
      selfTimes BLOB NOT NULL,
      figures BLOB NOT NULL,
      CHECK ((shape IS NULL) = (functions IS NOT NULL))
    ) STRICT;
    CREATE INDEX profileStart ON profile (start, kind, clock, labelSet, duration);
    CREATE INDEX profileLabels ON profile (labelSet, start);
    CREATE INDEX profileDigest ON profile (digest) WHERE shape IS NULL;
    CREATE INDEX profileShape ON profile (shape) WHERE shape IS NOT NULL;
    CREATE TABLE profileEdges (
      profile INTEGER PRIMARY KEY REFERENCES profile (id),
      edges BLOB,
      figures BLOB NOT NULL
    ) STRICT;
    CREATE TABLE figureKind (
      kind TEXT NOT NULL,
      clock TEXT NOT NULL,
      PRIMARY KEY (kind, clock)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE prunedProfile (
      profileID BLOB PRIMARY KEY NOT NULL
    ) STRICT, WITHOUT ROWID;

    """

  /// Roll-ups of the same captures, such as those of two labels that come together, share a sum.
  ///
  /// A slice stands in `slice` once a profile of it is stored (``SliceState``).
  private static let rollups = """
    CREATE TABLE slice (
      level TEXT NOT NULL,
      start INTEGER NOT NULL,
      state INTEGER NOT NULL,
      PRIMARY KEY (level, start)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX sliceOpen ON slice (level, start) WHERE state = 0;
    CREATE TABLE lateProfile (
      level TEXT NOT NULL,
      start INTEGER NOT NULL,
      profile INTEGER NOT NULL REFERENCES profile (id),
      PRIMARY KEY (level, start, profile)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE rollup (
      level TEXT NOT NULL,
      label INTEGER NOT NULL,
      kind TEXT NOT NULL,
      clock TEXT NOT NULL,
      start INTEGER NOT NULL,
      captureCount INTEGER NOT NULL,
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
}

#endif
