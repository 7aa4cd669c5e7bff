// SPDX-License-Identifier: Apache-2.0

/// A dump that cannot be read: where, what was expected there, and what was found.
public struct PstatsError: Error, Hashable, Sendable {
  /// The kinds of failure.
  public enum Code: String, Hashable, Sendable {
    /// The file ends inside a value.
    case truncated
    /// The bytes are not what Python's `marshal` writes.
    case notMarshal
    /// The bytes are sound, but hold something else than profile statistics.
    case notStatistics
    /// A number is larger than Strata keeps.
    case tooLarge
  }

  /// The kind of failure.
  public var code: Code
  /// The offset of the byte that does not fit, from the start of the dump.
  public var offset: Int
  /// What was expected there.
  public var expected: String
  /// What was found.
  public var found: String

  /// Creates an error.
  public init(_ code: Code, at offset: Int, expected: String, found: String) {
    self.code = code
    self.offset = offset
    self.expected = expected
    self.found = found
  }
}

extension PstatsError: CustomStringConvertible {
  /// The error as one line: `at byte 617: expected …, found …`.
  public var description: String {
    "at byte \(offset): expected \(expected), found \(found)"
  }
}
