// SPDX-License-Identifier: Apache-2.0

#if Tools

import StrataCore
import StrataTestSupport
import StrataTesting
import Testing

@testable import StrataSQLite

struct CodecTests {
  @Test func `tables and the processor's instruction give the same checksums`() {
    var random = SeededGenerator(seed: 11)
    let bytes = (0..<300).map { _ in UInt8.random(in: 0...255, using: &random) }
    for start in 0..<9 {
      for end in start...bytes.count {
        let part = bytes.span.extracting(start..<end)
        #expect(CRC32C.checksum(of: part) == CRC32C.checksumByTables(of: part))
      }
    }
  }

  @Test func `the checksum of the digits is the known one`() {
    #expect(checksum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(checksum([]) == 0)
  }

  @Test func `a varint of any length comes back, at the end of its column and before it`() throws {
    for shift in 0..<64 {
      for value in [UInt64(1) << shift, (UInt64(1) << shift) - 1, UInt64.max >> shift] {
        var bytes: [UInt8] = []
        bytes.appendVarint(value)
        #expect(bytes.count == value.varintLength)
        for padding in [0, 12] {
          let padded = bytes + [UInt8](repeating: 0xFF, count: padding)
          var offset = 0
          let read = try readVarint(padded.span, &offset, padded.count)
          #expect(read == value)
          #expect(offset == bytes.count)
        }
      }
    }
  }

  @Test(arguments: [
    [0x80], [0x80, 0x80], [UInt8](repeating: 0x80, count: 12),
    [UInt8](repeating: 0xFF, count: 9) + [2], [],
  ])
  func `a varint that does not end, or is too long, is refused`(bytes: [UInt8]) {
    var offset = 0
    #expect(throws: BlobError.self) { try readVarint(bytes.span, &offset, bytes.count) }
  }

  @Test func `zigzag and ordinals go there and back`() {
    for value in [0, 1, -1, 2, .min, .max, .min + 1] as [Int64] {
      #expect(Int64(zigzag: value.zigzag) == value)
      let double = Double(bitPattern: UInt64(bitPattern: value))
      #expect(Double(ordinal: double.ordinal).bitPattern == double.bitPattern)
    }
    #expect((-0.0).ordinal == -1)
    #expect((0.1).nextUp.ordinal - (0.1).ordinal == 1)
    #expect((-0.1).nextUp.ordinal - (-0.1).ordinal == 1)
  }

  @Test(
    arguments: [
      [], [0], [5], [7, 7, 7], [0, 0, 0, 9, 0, 0, 0, 0], [1, 2, 300], [-1, 2, -300],
      [.min, .max, 0, -1], [Int64](repeating: 0, count: 500) + [1], Array(0..<1_000),
      (0..<997).map { 1 << ($0 * 7 % 63) }, (0..<50).map { $0 % 5 * -70_000 },
    ] as [[Int64]]
  )
  func `numbers come back`(values: [Int64]) throws {
    var bytes: [UInt8] = []
    NumberColumn.append(values, to: &bytes)
    var decoded: [Int64] = [42]
    try NumberColumn.decode(bytes.span, try slot(bytes), count: values.count, into: &decoded)
    #expect(decoded == values)
  }

  @Test(
    arguments: [
      ([0, 0, 0], 0), ([7, 7, 7], 1), ([0, 0, 0, 9, 0, 0, 0, 0], 3), ([1, 200], 5), ([-1, 1], 5),
    ] as [([Int64], Int)]
  )
  func `the shortest way is chosen`(values: [Int64], length: Int) {
    var bytes: [UInt8] = []
    NumberColumn.append(values, to: &bytes)
    #expect(bytes.count == ColumnSlot.headerLength + length)
  }

  @Test(
    arguments: [
      [], [1], [1, 2, 3, 4], [4, 3, 2, 1], [1, 2, 3, 100, 101, 5, 90], [.max, 1, .max],
    ] as [[Int32]]
  )
  func `ids come back`(ids: [Int32]) throws {
    var bytes: [UInt8] = []
    IDColumn.append(ids, to: &bytes)
    var decoded: [Int32] = []
    let count = ids.count
    try IDColumn.decode(bytes.span, try slot(bytes), count: count, known: .max, into: &decoded)
    #expect(decoded == ids)
    guard let last = ids.max() else { return }
    let column = try slot(bytes)
    #expect(throws: BlobError.self) {
      try IDColumn.decode(bytes.span, column, count: count, known: last - 1, into: &decoded)
    }
  }

  private func checksum(_ bytes: [UInt8]) -> UInt32 {
    CRC32C.checksum(of: bytes.span)
  }

  /// The one column that the bytes hold.
  private func slot(_ bytes: [UInt8]) throws -> ColumnSlot {
    let tag = try #require(ColumnTag(rawValue: bytes[0]))
    return ColumnSlot(tag: tag, payload: ColumnSlot.headerLength..<bytes.count)
  }
}

#endif
