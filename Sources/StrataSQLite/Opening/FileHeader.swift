// SPDX-License-Identifier: Apache-2.0

#if Tools

// Foundation for FileHandle and FileManager; GRDB brings it along anyway.
import Foundation
import StrataQuery

/// What the first bytes of a file say about it, read without SQLite.
///
/// Even a read-only connection of SQLite writes beside a foreign file in WAL mode (`-wal`, `-shm`).
/// Plain reading touches nothing, so nothing but a store is ever opened.
enum FileHeader: Equatable {
  case missing
  /// Zero bytes: SQLite's own form of a new database.
  case empty
  /// Too short, or not SQLite's format.
  case notSQLite
  case database(applicationID: UInt32, userVersion: UInt32)

  private static let length = 100
  private static let magic = Array("SQLite format 3\0".utf8)

  /// Reads the header of SQLite's file format, section 1.3: big-endian fields in 100 bytes.
  init(path: String) throws(StoreError) {
    guard FileManager.default.fileExists(atPath: path) else {
      self = .missing
      return
    }
    // A pipe would be waited for, and a device may do anything.
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    )
    if let type = attributes?[.type] as? FileAttributeType, type != .typeRegular {
      throw StoreError(
        .cannotOpen,
        path: path,
        expected: "a file",
        found: type == .typeDirectory ? "a folder" : "a pipe, a socket or a device",
        advice: "check the path"
      )
    }
    self.init(bytes: try Self.firstBytes(path: path))
  }

  init(bytes: [UInt8]) {
    if bytes.isEmpty {
      self = .empty
    } else if bytes.count < Self.length || !bytes.starts(with: Self.magic) {
      self = .notSQLite
    } else {
      let field = { (offset: Int) in
        bytes[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      }
      self = .database(applicationID: field(68), userVersion: field(60))
    }
  }

  private static func firstBytes(path: String) throws(StoreError) -> [UInt8] {
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      return try file.read(upToCount: length).map { [UInt8]($0) } ?? []
    } catch {
      throw StoreError(
        .cannotOpen,
        path: path,
        expected: "a readable file",
        found: "a folder, or a file that cannot be read",
        advice: "check the path and its permissions"
      )
    }
  }
}

#endif
