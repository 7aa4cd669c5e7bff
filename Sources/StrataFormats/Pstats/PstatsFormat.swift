// SPDX-License-Identifier: Apache-2.0

import StrataCore

/// The dumps of Python's profilers: cProfile, `profile`, yappi and others that write as they do.
public struct PstatsFormat: ProfileFormat {
  /// What people call such a file.
  public static let name = "pstats dump"
  /// How Python's tools name their dumps.
  public static let suffixes = [".prof", ".pstat", ".pstats", ".cprof", ".profile"]
  /// The largest dump that is read.
  public static let maximumSize = PstatsReader.maximumSize

  private var reader = PstatsReader()

  /// Creates a reader.
  public init() {}

  /// Whether the file begins with a marshalled dict; JSON begins with the same byte.
  public static func recognizes(_ head: FileHead) -> Bool {
    guard let first = head.bytes.first, first & 0x7f == UInt8(ascii: "{") else { return false }
    guard first == UInt8(ascii: "{"), let second = head.bytes.dropFirst().first else { return true }
    return !"\"} \t\r\n".utf8.contains(second)
  }

  /// Reads the one profile of a dump.
  public mutating func read(_ bytes: [UInt8]) throws(FormatError) -> [DecodedProfile] {
    let dump = try reader.read(bytes)
    return [
      DecodedProfile(
        profile: dump.profile,
        kind: dump.kind,
        clock: dump.clock,
        warnings: dump.warnings
      )
    ]
  }
}

extension FormatError {
  /// An error about a dump.
  init(pstats code: Code, at offset: Int, expected: String, found: String) {
    self.init(
      format: PstatsFormat.name,
      code,
      at: offset,
      expected: expected,
      found: found
    )
  }
}
