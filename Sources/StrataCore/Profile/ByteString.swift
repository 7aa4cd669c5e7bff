// SPDX-License-Identifier: Apache-2.0

/// A text exactly as a profile wrote it: bytes that are compared, hashed and ordered as they are.
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

  /// Feeds all bytes at once; the synthesised way takes them one by one, ten times slower.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(bytes.count)
    // SAFETY: the hasher reads the bytes within the call and keeps no pointer to them.
    unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
  }
}

extension ByteString: Comparable {
  public static func < (left: ByteString, right: ByteString) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension ByteString: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) {
    self.init(value)
  }
}

extension ByteString: CustomStringConvertible {
  public var description: String { string }
}
