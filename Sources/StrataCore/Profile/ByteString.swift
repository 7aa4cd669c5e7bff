// SPDX-License-Identifier: Apache-2.0

/// A text exactly as a profile wrote it: bytes that are compared, hashed and ordered unchanged.
///
/// Names of files and functions come from programs, not from people. They may hold lone surrogates
/// (Python's `surrogateescape`), control characters or markup, and two names that Unicode calls
/// canonically equivalent are still two functions. A `String` would repair the first and confuse
/// the others, so profiles keep the bytes: UTF-8, with lone surrogates in the three-byte form that
/// Python calls `surrogatepass`. The order of the bytes is the order of the code points, which is
/// how Python sorts.
public struct ByteString: Hashable, Sendable {
  /// The bytes, as they were written.
  public let bytes: [UInt8]

  /// Creates a text from bytes in UTF-8; lone surrogates are allowed.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Creates a text from a string.
  public init(_ string: some StringProtocol) {
    self.bytes = Array(string.utf8)
  }

  /// The text for people; what UTF-8 cannot express is shown as U+FFFD.
  public var string: String {
    String(decoding: bytes, as: UTF8.self)
  }

  /// Whether there are no bytes.
  public var isEmpty: Bool { bytes.isEmpty }

  /// Adds the bytes to a hash.
  public func hash(into hasher: inout Hasher) {
    // An array of bytes is hashed byte by byte, which is ten times slower than all at once.
    // SAFETY: the bytes are only read, inside the closure.
    unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  }
}

extension ByteString: Comparable {
  /// Whether the left text comes first in the order of code points.
  public static func < (left: ByteString, right: ByteString) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension ByteString: ExpressibleByStringLiteral {
  /// Creates a text from a literal.
  public init(stringLiteral value: String) {
    self.init(value)
  }
}

extension ByteString: CustomStringConvertible {
  /// The text for people.
  public var description: String { string }
}
