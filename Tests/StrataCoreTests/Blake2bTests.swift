// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Testing

/// The expected digests are those of Python's `hashlib.blake2b`.
struct Blake2bTests {
  private static func digest(_ bytes: [UInt8], size: Int) -> String {
    var hash = Blake2b(digestSize: size)
    hash.update(bytes)
    return hexadecimal(hash.finalize())
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
  }

  @Test
  func `agrees with appendix A of RFC 7693`() {
    #expect(
      Self.digest(Array("abc".utf8), size: 64)
        == "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"
    )
  }

  @Test
  func `agrees at the border of a block`() {
    #expect(Self.digest([], size: 16) == "cae66941d9efbd404e4d88758ea67670")
    let text = Array(repeating: UInt8(ascii: "x"), count: 129)
    #expect(Self.digest(Array(text[..<128]), size: 16) == "874acca82a22239ec64a3e70c3ae494e")
    #expect(Self.digest(text, size: 16) == "b9ee96f69e8210c624fee55d71d5a54f")
  }

  /// The digest of the digests of 301 messages, of 0 to 300 bytes: `(i * 7 + n) % 251`.
  @Test(arguments: [
    (1, "88"),
    (16, "220a789886cbbb0c417066d3c2b4f490"),
    (20, "f83689161240f09027dd16584c4e4fe11a8824d8"),
    (32, "6679bc2425dccd3676b42d7831cc4216084e38eb3cc78a81cc0ceef075184abe"),
    (
      64,
      "549616ad04f6128cbd784b54d1c97ecec4ba708ab493a571031ab69567d668aa"
        + "03024390c974bea2ee89203685bd9a35494d2c393401ba7ff95c97700c2d2cd3"
    ),
  ])
  func `agrees for every length up to 300 bytes`(_ size: Int, _ expected: String) {
    var all = Blake2b(digestSize: size)
    for count in 0...300 {
      var hash = Blake2b(digestSize: size)
      hash.update((0..<count).map { UInt8(($0 * 7 + count) % 251) })
      all.update(hash.finalize())
    }
    #expect(Self.hexadecimal(all.finalize()) == expected)
  }

  @Test(arguments: [1, 2, 63, 127, 128, 129, 255, 256, 257, 1000])
  func `the digest does not depend on how the bytes come`(_ step: Int) {
    let message = (0..<1_000).map { UInt8($0 % 256) }
    var hash = Blake2b(digestSize: 32)
    for start in stride(from: 0, to: message.count, by: step) {
      hash.update(Array(message[start..<min(start + step, message.count)]))
      hash.update([])
    }
    #expect(Self.hexadecimal(hash.finalize()) == Self.digest(message, size: 32))
  }
}
