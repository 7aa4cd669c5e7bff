// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for Data, GRDB's blob.
import Foundation
import GRDB
import StrataCore
import StrataStoreFormat

/// The tables that stores of version 2 have, so that one is recognised before it is changed, and
/// its checksums.
///
/// The text is what SQLite keeps of it: it must never change again.
enum Version2 {
  /// GRDB's note of what it ran.
  private static let migrations = """
    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);

    """

  static let tables = migrations + dictionaries + profiles + rollups

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

  /// The columns of a capture or a roll-up that its checksum covers: CRC-32C.
  struct Header {
    /// The columns of a capture.
    static let ofCapture = """
      id, profileID, start, duration, timeSource, kind, clock, weight, labelSet, totalTime, \
      functionCount, edgeCount, unit, checksum
      """

    // In the order in which version 2 wrote them, which is neither that of its tables nor today's.
    private let texts: [[UInt8]]
    private let numbers: [Int64]
    private let duration: Int64?

    init(capture row: Row) throws {
      let id = [UInt8](try row.decode(Data.self, forColumn: "profileID"))
      texts = [id] + (try ["timeSource", "kind", "clock"].map { try Self.text($0, row) })
      numbers = try [
        "start", "weight", "labelSet", "totalTime", "functionCount", "edgeCount", "unit",
      ].map { try row.decode(Int64.self, forColumn: $0) }
      duration = try row.decode(Int64?.self, forColumn: "duration")
    }

    init(rollup row: Row) throws {
      texts = try ["level", "kind", "clock"].map { try Self.text($0, row) }
      numbers = try [
        "label", "start", "captureCount", "firstStart", "lastStart", "sum",
      ].map { try row.decode(Int64.self, forColumn: $0) }
      duration = try row.decode(Int64?.self, forColumn: "longest")
    }

    /// A damaged text need not be UTF-8.
    private static func text(_ column: String, _ row: Row) throws -> [UInt8] {
      try row.withUnsafeData(named: column) { $0.map { [UInt8]($0) } ?? [] }
    }

    func isWhole(_ row: Row) throws -> Bool {
      var bytes: [UInt8] = []
      for text in texts {
        bytes.appendVarint(UInt64(text.count))
        bytes += text
      }
      for number in numbers { bytes.appendLittleEndian(UInt64(bitPattern: number)) }
      if let duration { bytes.appendLittleEndian(UInt64(bitPattern: duration)) }
      let checksum = Int64(CRC32C.checksum(of: bytes.span))
      return try row.decode(Int64.self, forColumn: "checksum") == checksum
    }
  }
}

#endif
