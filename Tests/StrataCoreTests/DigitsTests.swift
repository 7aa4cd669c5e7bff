// SPDX-License-Identifier: Apache-2.0

import StrataCore
import Testing

@Suite struct DigitsTests {
  private static func digits(_ number: Int128) -> String {
    var bytes: [UInt8] = []
    bytes.append(digitsOf: number)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func digits(_ number: UInt64, width: Int) -> String {
    var bytes: [UInt8] = []
    bytes.append(digitsOf: number, width: width)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `numbers of each length are those of the standard library`() {
    var marks: [Int128] = [0, .max]
    var power: Int128 = 1
    for _ in 0...37 {
      marks.append(power)
      power *= 10
    }
    marks += [Int128(Int64.max), Int128(UInt64.max)]
    for mark in marks {
      for near in [mark &- 1, mark, mark &+ 1] {
        #expect(Self.digits(near) == String(near))
        #expect(Self.digits(0 &- near) == String(0 &- near))
      }
    }
  }

  @Test func `zeros fill a width and a longer number exceeds it`() {
    #expect(Self.digits(7, width: 3) == "007")
    #expect(Self.digits(0, width: 1) == "0")
    #expect(Self.digits(1234, width: 2) == "1234")
    #expect(Self.digits(42, width: 20) == "00000000000000000042")
    #expect(Self.digits(.max, width: 1) == String(UInt64.max))
  }
}
