// SPDX-License-Identifier: Apache-2.0

#if Tools

import GRDB

/// The tables of a store, in the words of the design, and how they come about.
///
/// Later versions only add: tables for shapes and for rolled-up slices, columns by `ALTER TABLE`.
/// What version 1 wrote stays as it is.
///
/// Pruning deletes rows of `profile` and `profileEdges` alone and keeps their ids in a table of
/// its own (`prunedProfile(profileID)`, to be added with it); ``RecordWriter`` asks in one place
/// whether an id is known. Dictionary rows are never deleted, so numbers keep their meaning and
/// caches need not be told. `AUTOINCREMENT` keeps ids of profiles from being used twice.
enum StoreSchema {
  /// `STRA`, in the header of the file.
  static let applicationID: UInt32 = 0x5354_5241
  /// The version of the newest migration, in the header of the file as `user_version`.
  static let version = 1

  /// Another process ran the migration between our look and our lock.
  struct MigrationRace: Error {}

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    register(version: 1, creating: version1, in: &migrator)
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

  /// Names are blobs: they may hold what is no text, such as lone surrogates or NUL.
  private static let version1 = """
    CREATE TABLE meta (
      key TEXT PRIMARY KEY NOT NULL,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO meta (key, value) VALUES ('codec', '\(ColumnarBlob.version)');

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
      functionCount INTEGER NOT NULL,
      edgeCount INTEGER NOT NULL,
      totalTime INTEGER NOT NULL,
      functions BLOB NOT NULL
    ) STRICT;
    CREATE INDEX profileStart ON profile (start);
    CREATE TABLE profileEdges (
      profile INTEGER PRIMARY KEY REFERENCES profile (id),
      edges BLOB NOT NULL
    ) STRICT;
    """
}

#endif
