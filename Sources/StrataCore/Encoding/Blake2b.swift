// SPDX-License-Identifier: Apache-2.0

/// The hash function BLAKE2b without a key (RFC 7693).
///
/// It is here because a store needs a collision-resistant identity, the standard library has none,
/// and a dependency on a cryptography package would weigh more than all of StrataCore.
package struct Blake2b {
  /// SHA-512's initial values, as the RFC, section 2.6, has them.
  private static let initial: [8 of UInt64] = [
    0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
  ]

  private static let blockSize = 128

  private var state = Self.initial
  private var block = [128 of UInt8](repeating: 0)
  private var blockCount = 0
  private var byteCount: UInt64 = 0
  private let digestSize: Int

  /// Creates a hash of 1 to 64 bytes.
  package init(digestSize: Int) {
    precondition((1...64).contains(digestSize), "BLAKE2b has no digest of \(digestSize) bytes")
    self.digestSize = digestSize
    state[0] ^= 0x0101_0000 ^ UInt64(digestSize)
  }

  /// Adds bytes to the message.
  package mutating func update(_ bytes: [UInt8]) {
    let message = bytes.span
    var index = 0
    while index < message.count {
      // The last block is compressed by finalize, so a full one waits until more bytes come.
      if blockCount == 0 {
        while message.count - index > Self.blockSize {
          compress(message.extracting(index..<(index + Self.blockSize)), isLast: false)
          index += Self.blockSize
        }
      }
      let count = min(Self.blockSize - blockCount, message.count - index)
      for offset in 0..<count { block[blockCount + offset] = message[index + offset] }
      blockCount += count
      index += count
      if blockCount == Self.blockSize, index < message.count { flush(isLast: false) }
    }
  }

  /// The digest of all bytes; the hash cannot be used after it.
  package consuming func finalize() -> [UInt8] {
    for index in blockCount..<Self.blockSize { block[index] = 0 }
    byteCount &-= UInt64(Self.blockSize - blockCount)
    flush(isLast: true)
    return (0..<digestSize).map { UInt8(truncatingIfNeeded: state[$0 / 8] >> (8 * ($0 % 8))) }
  }

  private mutating func flush(isLast: Bool) {
    let full = block
    compress(full.span, isLast: isLast)
    blockCount = 0
  }

  /// The compression function F of section 3.2.
  private mutating func compress(_ message: Span<UInt8>, isLast: Bool) {
    byteCount &+= UInt64(Self.blockSize)
    var words = [16 of UInt64](repeating: 0)
    for index in 0..<16 {
      // SAFETY: a block has 128 bytes, which both callers see to, and every bit pattern is a number.
      words[index] = unsafe UInt64(
        littleEndian: message.bytes.unsafeLoadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
      )
    }
    var v = [16 of UInt64](repeating: 0)
    for index in 0..<8 {
      v[index] = state[index]
      v[index + 8] = Self.initial[index]
    }
    v[12] ^= byteCount
    if isLast { v[14] = ~v[14] }
    // The message schedule of section 2.7, as code: constant indices need no checks.
    Self.round(&v, words, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    Self.round(&v, words, 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3)
    Self.round(&v, words, 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4)
    Self.round(&v, words, 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8)
    Self.round(&v, words, 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13)
    Self.round(&v, words, 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9)
    Self.round(&v, words, 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11)
    Self.round(&v, words, 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10)
    Self.round(&v, words, 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5)
    Self.round(&v, words, 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0)
    Self.round(&v, words, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    Self.round(&v, words, 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3)
    for index in 0..<8 { state[index] ^= v[index] ^ v[index + 8] }
  }

  /// One round: four columns, then four diagonals.
  @inline(__always)
  private static func round(
    _ v: inout [16 of UInt64],
    _ m: [16 of UInt64],
    _ s0: Int,
    _ s1: Int,
    _ s2: Int,
    _ s3: Int,
    _ s4: Int,
    _ s5: Int,
    _ s6: Int,
    _ s7: Int,
    _ s8: Int,
    _ s9: Int,
    _ s10: Int,
    _ s11: Int,
    _ s12: Int,
    _ s13: Int,
    _ s14: Int,
    _ s15: Int
  ) {
    mix(&v, 0, 4, 8, 12, m[s0], m[s1])
    mix(&v, 1, 5, 9, 13, m[s2], m[s3])
    mix(&v, 2, 6, 10, 14, m[s4], m[s5])
    mix(&v, 3, 7, 11, 15, m[s6], m[s7])
    mix(&v, 0, 5, 10, 15, m[s8], m[s9])
    mix(&v, 1, 6, 11, 12, m[s10], m[s11])
    mix(&v, 2, 7, 8, 13, m[s12], m[s13])
    mix(&v, 3, 4, 9, 14, m[s14], m[s15])
  }

  /// The mixing function G of section 3.1.
  @inline(__always)
  private static func mix(
    _ v: inout [16 of UInt64],
    _ a: Int,
    _ b: Int,
    _ c: Int,
    _ d: Int,
    _ x: UInt64,
    _ y: UInt64
  ) {
    v[a] = v[a] &+ v[b] &+ x
    v[d] = (v[d] ^ v[a]).rotatedRight(32)
    v[c] = v[c] &+ v[d]
    v[b] = (v[b] ^ v[c]).rotatedRight(24)
    v[a] = v[a] &+ v[b] &+ y
    v[d] = (v[d] ^ v[a]).rotatedRight(16)
    v[c] = v[c] &+ v[d]
    v[b] = (v[b] ^ v[c]).rotatedRight(63)
  }
}

extension UInt64 {
  fileprivate func rotatedRight(_ count: UInt64) -> UInt64 {
    (self &>> count) | (self &<< (64 &- count))
  }
}
