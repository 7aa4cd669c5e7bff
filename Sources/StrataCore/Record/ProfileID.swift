// SPDX-License-Identifier: Apache-2.0

/// The identity of a capture: 128 bits, the same however often the capture is sent.
public struct ProfileID: Hashable, Sendable {
  /// The bytes, the first one in the highest place.
  private let value: UInt128

  /// Creates an identity from sixteen bytes; nil for any other number.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    self.init(digest: bytes)
  }

  /// Reads an identity in its printed form: thirty-two hexadecimal digits; nil for anything else.
  public init?(hexadecimal text: String) {
    // UInt128 also accepts a sign.
    guard text.utf8.count == 32, text.allSatisfy(\.isHexDigit),
      let value = UInt128(text, radix: 16)
    else { return nil }
    self.value = value
  }

  private init(digest: [UInt8]) {
    value = digest.reduce(0) { $0 << 8 | UInt128($1) }
  }

  /// The sixteen bytes of the identity.
  public var bytes: [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: value >> (120 - 8 * $0)) }
  }

  /// The identity of a dump, its start and its labels.
  ///
  /// It is BLAKE2b with a digest of 16 bytes over `strata-id-1`, a zero byte, the start in decimal
  /// nanoseconds, a zero byte, for each label in the order of its key the key and the value, each
  /// with its number of bytes in decimal digits and a colon before it, a zero byte, and the dump.
  /// Python has it as `hashlib.blake2b(…, digest_size=16)`.
  ///
  /// - Complexity: O(*n*) in the bytes of the dump.
  public init(dump: [UInt8], start: Timestamp, labels: Labels) {
    var preimage = Array("strata-id-1\0".utf8)
    preimage.reserveCapacity(128)
    preimage.append(contentsOf: String(start.nanoseconds).utf8)
    preimage.append(0)
    for label in labels.pairs {
      preimage.appendWithLength(label.key)
      preimage.appendWithLength(label.value)
    }
    preimage.append(0)
    var hash = Blake2b(digestSize: 16)
    hash.update(preimage)
    hash.update(dump)
    self.init(digest: hash.finalize())
  }

  /// The identity derived from an id that the recording program gave (`id` in an index).
  ///
  /// A store takes all captures with the same id for one. An `id` in an index that is empty or only white
  /// space is therefore refused.
  public init(given id: String) {
    var hash = Blake2b(digestSize: 16)
    hash.update(Array("strata-given-1\0\(id)".utf8))
    self.init(digest: hash.finalize())
  }

  /// The identity of one of several profiles in a file.
  ///
  /// - Parameters:
  ///   - part: The place of the profile in the file, from 0 up.
  ///   - file: The identity of the file.
  public init(part: Int, of file: ProfileID) {
    var hash = Blake2b(digestSize: 16)
    hash.update(Array("strata-part-1\0\(file)\0\(part)".utf8))
    self.init(digest: hash.finalize())
  }
}

extension ProfileID: CustomStringConvertible {
  /// Thirty-two lower-case hexadecimal digits.
  public var description: String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}

extension [UInt8] {
  fileprivate mutating func appendWithLength(_ text: String) {
    append(contentsOf: String(text.utf8.count).utf8)
    append(UInt8(ascii: ":"))
    append(contentsOf: text.utf8)
  }
}
