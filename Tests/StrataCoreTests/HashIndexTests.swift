// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import StrataCore

/// The tables behind the numbers of texts and functions.
struct NumberTableTests {
  @Test func `numbers things in the order in which they come`() {
    var table = HashIndex(capacity: 0)
    let things = (0..<1000).map { $0 * 7919 }
    for (place, thing) in things.enumerated() {
      #expect(table.numbering(thing, among: things) == (Int32(place), true))
    }
    for (place, thing) in things.enumerated() {
      #expect(table.numbering(thing, among: things) == (Int32(place), false))
    }
  }

  @Test func `keeps things apart whose hashes are equal`() {
    var table = HashIndex(capacity: 0)
    let things = Array(0..<100)
    for _ in 0..<2 {
      for thing in things {
        let found = table.number(hash: 42 << 32) { things[Int($0)] == thing }
        #expect(found.number == Int32(thing))
      }
    }
    #expect(table.count == 100)
  }

  @Test(arguments: 0...40)
  func `hashes and compares every byte of a text`(length: Int) {
    let bytes = (0..<(length + 2)).map { UInt8($0) }
    let range = 1..<(length + 1)
    let hash = SeededHash()
    #expect(bytes.equals(range, Array(bytes[range]), 0..<length))
    #expect(hash.withASCII(bytes, range).isASCII)
    for index in range {
      var changed = bytes
      changed[index] ^= 0x80
      #expect(hash(changed, range) != hash(bytes, range))
      #expect(!changed.equals(range, Array(bytes[range]), 0..<length))
      #expect(!hash.withASCII(changed, range).isASCII)
    }
    for index in [0, length + 1] {
      var changed = bytes
      changed[index] ^= 0x80
      #expect(hash(changed, range) == hash(bytes, range))
      #expect(hash.withASCII(changed, range).isASCII)
    }
  }
}

extension HashIndex {
  fileprivate mutating func numbering(_ thing: Int, among things: [Int]) -> (Int32, Bool) {
    let hash = UInt64(thing).multipliedReportingOverflow(by: 0x9e37_79b9_7f4a_7c15).partialValue
    let (number, isNew) = number(hash: hash) { things[Int($0)] == thing }
    return (number, isNew)
  }
}
