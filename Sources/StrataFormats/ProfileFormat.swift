// SPDX-License-Identifier: Apache-2.0

public import StrataCore

/// A file format that profiles are read from.
///
/// A new format is a folder with a type that conforms, and a line in ``ProfileReader/formats``;
/// `docs/adding-a-format.md` shows one from beginning to end.
///
/// A value is a reader of one file after another: memory that the next file can use again stays in
/// it, and callers need not know.
public protocol ProfileFormat: Sendable {
  /// What people call a file of the format, such as `pstats dump`.
  static var name: String { get }

  /// How the names of its files end, such as `.prof`: what is looked for in folders.
  static var suffixes: [String] { get }

  /// The size in bytes above which a file is refused unread.
  static var maximumSize: Int { get }

  /// Whether a file is of this format, as far as its beginning shows.
  ///
  /// A damaged file should still be recognized, so that the error names the place of the damage.
  static func recognizes(_ head: FileHead) -> Bool

  /// Creates a reader.
  init()

  /// Reads the profiles of a file.
  ///
  /// - Throws: ``FormatError``; nothing of a bad file is returned.
  /// - Complexity: O(*n*) in the number of bytes, in time and memory.
  mutating func read(_ bytes: [UInt8]) throws(FormatError) -> [DecodedProfile]
}

/// The beginning of a file: what formats recognize it by.
public struct FileHead: Sendable {
  /// The most bytes that are looked at.
  public static let maximumSize = 4_096

  /// The last part of the file's path.
  public let name: String
  /// The first bytes of the file.
  public let bytes: ArraySlice<UInt8>

  /// Takes the beginning of a file.
  public init(name: String, of bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes.prefix(Self.maximumSize)
  }

  /// Whether the file begins with some bytes.
  public func starts(with prefix: some Sequence<UInt8>) -> Bool { bytes.starts(with: prefix) }

  /// The beginning as text without leading white space or byte order mark; what is not UTF-8 is
  /// replaced.
  public var text: Substring {
    let text = String(decoding: bytes, as: UTF8.self)
    return text.drop { $0.isWhitespace || $0 == "\u{feff}" }
  }
}

/// A profile as its file holds it: no time, host or labels, which files do not know.
public struct DecodedProfile: Sendable {
  /// The statistics, in the order of the file.
  public var profile: StatsProfile
  /// How the figures came about.
  public var kind: ProfileKind
  /// What the times measure, unless the capture's own record says otherwise.
  public var clock: ProfileClock
  /// What the file's reader has to say about it.
  public var warnings: [Warning]

  /// Creates a profile from its parts.
  public init(
    profile: StatsProfile,
    kind: ProfileKind = .traced,
    clock: ProfileClock = .wall,
    warnings: [Warning] = []
  ) {
    self.profile = profile
    self.kind = kind
    self.clock = clock
    self.warnings = warnings
  }
}
