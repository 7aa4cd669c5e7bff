// SPDX-License-Identifier: Apache-2.0

/// A file that cannot be read as a profile: where, what was expected there, and what was found.
public struct FormatError: Error, Hashable, Sendable {
  /// The kinds of failure.
  public enum Code: String, Hashable, Sendable {
    /// The file ends inside a value.
    case truncated
    /// The bytes are not what the encoding of the format allows.
    case malformed
    /// The bytes are sound, but hold something other than a profile.
    case notAProfile
    /// A number or the file is larger than Strata keeps.
    case tooLarge
    /// The file is of a kind that Strata knows and does not read.
    case foreign
  }

  /// The name of the format, see ``ProfileFormat/name``; of a foreign file that of no format.
  public var format: String
  /// The kind of failure.
  public var code: Code
  /// The offset of the byte that does not fit; nil where the file as a whole does not.
  public var offset: Int?
  /// What was expected there.
  public var expected: String
  /// What was found.
  public var found: String

  /// Creates an error.
  public init(
    format: String,
    _ code: Code,
    at offset: Int? = nil,
    expected: String,
    found: String
  ) {
    self.format = format
    self.code = code
    self.offset = offset
    self.expected = expected
    self.found = found
  }
}

extension FormatError: CustomStringConvertible {
  /// The error as one line: `at byte 617: expected …, found …`.
  public var description: String {
    (offset.map { "at byte \($0): " } ?? "") + "expected \(expected), found \(found)"
  }
}
